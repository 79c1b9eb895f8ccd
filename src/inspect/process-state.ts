/** Whether there is a process of this number, and whether we may deal with it. */
export function processState(pid: number): 'ours' | 'foreign' | 'dead' {
  // To the system 0 means ourselves.
  if (pid === 0) return 'dead';
  try {
    process.kill(pid, 0);
    return 'ours';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'foreign' : 'dead';
  }
}
