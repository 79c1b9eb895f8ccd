import { statSync } from 'node:fs';

/** Whether there is a process with this id, and whether it is this user's. */
export function processState(pid: number): 'ours' | 'foreign' | 'dead' {
  // To `kill`, 0 means the caller's own process group.
  if (pid === 0) return 'dead';
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'foreign' : 'dead';
  }
  // The administrator may signal everybody's. Without `/proc` the owner is unknown, and taken to be this user.
  const owner = statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
  return owner === undefined || owner === process.getuid?.() ? 'ours' : 'foreign';
}
