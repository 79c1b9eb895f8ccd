import type { ChildProcess } from 'node:child_process';

/** The running child processes, and the signal that each gets if this process ends first. */
const running: Map<ChildProcess, () => NodeJS.Signals> = new Map();

/**
 * Signals `child` when this process ends abruptly, by a second signal, `process.exit` or an uncaught error: nobody
 * would be left to stop it. Nothing can be done when this process is killed.
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
