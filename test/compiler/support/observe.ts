import { inspect } from 'node:util';
import { Runtime, yieldNow, type Operation } from 'heddle';
import { VirtualClock } from 'heddle/testing';
import { makeLibrary, type Library } from './library.js';

/** A program: `main` of a corpus case. */
export type Program = (log: (...values: unknown[]) => void, library: Library) => unknown;

/** Calls the program. What it logged, in order, and how it ended. */
export async function observe(program: Program): Promise<string[]> {
  const events: string[] = [];
  const log = (...values: unknown[]): void => void events.push(values.map(show).join(' '));
  try {
    const result = await program(log, makeLibrary(log));
    events.push(`returned ${show(result)}`);
  } catch (error) {
    events.push(`threw ${show(error)}`);
  }
  return events;
}

/** As a fiber of its own, in virtual time: with `sliceMs` 0 every look at the clock finds the slice over. */
export function asFiber(program: Program, options: { sliceMs: number; recording: boolean }): Program {
  return (log, library) => inRuntime(options, () => program(log, library) as Operation<unknown>);
}

/** Called by a fiber, as a function that knows nothing of fibers. */
export function insideFiber(program: Program): Program {
  return async (log, library) => {
    const wrapped = await inRuntime({ sliceMs: 0, recording: true }, function* () {
      yield* yieldNow();
      return [program(log, library)];
    });
    return wrapped[0];
  };
}

function inRuntime<T>(options: { sliceMs: number; recording: boolean }, f: () => Operation<T>): Promise<T> {
  return new Runtime({ clock: new VirtualClock(), queue: 'fifo', ...options }).run(f);
}

/**
 * Errors without their stacks, which have other positions. Where an engine says that what is delegated to is not
 * iterable it quotes the source around it: `f is not a function or its return value is not iterable`.
 */
function show(value: unknown): string {
  if (value instanceof TypeError)
    return `${value.name}: ${value.message.replace(/^.* is not iterable.*$/, 'not iterable')}`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (Array.isArray(value)) return `[${Array.from(value, show).join(', ')}]`;
  return inspect(value, { depth: 6, breakLength: Infinity });
}
