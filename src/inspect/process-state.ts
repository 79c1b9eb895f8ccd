import { statSync } from 'node:fs';

/** Whether there is a process of this number, and whether it is this user's. */
export function processState(pid: number): 'ours' | 'foreign' | 'dead' {
  // To the system 0 means ourselves.
  if (pid === 0) return 'dead';
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'foreign' : 'dead';
  }
  // The administrator may signal everybody's. Where the system has no such directory it does not say.
  const owner = statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
  return owner === undefined || owner === process.getuid?.() ? 'ours' : 'foreign';
}
