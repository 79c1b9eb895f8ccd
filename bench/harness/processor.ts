import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Server and generator on processors of their own, where the system can be told so; else they get in each other's way. */
export const serverProcessor = 0;
export const generatorProcessor = 1;

const canPin: boolean = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;

/** The command that runs `command` on one processor only. */
export function pinned(processor: number, command: readonly string[]): readonly string[] {
  return canPin ? ['taskset', '-c', String(processor), ...command] : command;
}

/** Keeps this process, with the threads that it has, and all that it starts from now on to one processor. */
export function pinSelf(processor: number): void {
  if (canPin) spawnSync('taskset', ['-a', '-c', '-p', String(processor), String(process.pid)]);
}
