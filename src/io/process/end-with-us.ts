import type { ChildProcess } from 'node:child_process';

/** The processes that run, and what each is to be sent if this one ends before them. */
const running: Map<ChildProcess, () => NodeJS.Signals> = new Map();

/**
 * Stops `child` where this process ends at once, by a second signal, `process.exit` or an error that nobody caught: nobody
 * would be left to stop it. Nothing can be done where this process is killed.
 */
export function endWithUs(child: ChildProcess, signal: () => NodeJS.Signals): void {
  if (running.size === 0) process.on('exit', stopAll);
  running.set(child, signal);
  child.once('exit', () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', stopAll);
  });
}

function stopAll(): void {
  for (const [child, signal] of running) child.kill(signal());
}
