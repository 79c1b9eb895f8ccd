import { race, Runtime, yieldNow, type Operation } from 'heddle';
import { VirtualClock } from 'heddle/testing';
import { pauses } from './pauses.js';
import { programLibrary } from './program-library.js';

/** A step of whoever drives a generator by hand. */
export type Step = readonly [method: 'next' | 'throw' | 'return', argument: number];

export interface RuntimeChoice {
  readonly sliceMs: number;
  readonly recording: boolean;
}

interface Instance {
  readonly make: () => Generator<unknown, unknown, unknown>;
  readonly kept: readonly (() => unknown)[];
  readonly held: readonly number[];
  readonly trace: string[];
}

/** What happens when the steps are taken, then all that is left, then the closures that were kept are called. */
export function runAsData(code: string, runtime: object, steps: readonly Step[]): string[] {
  const { make, kept, trace } = instantiate(code, runtime);
  const iterator = make();
  const left: Step[] = Array.from({ length: 10 }, (_, i) => ['next', i]);
  for (const [method, argument] of [...steps, ...left])
    note(trace, method, () => iterator[method](method === 'throw' ? new Error(`thrown ${argument}`) : argument));
  finish(kept, trace);
  return trace;
}

/** What each of `count` fibers does that run the program side by side, each on its own. */
export async function runAsFibers(
  code: string,
  runtime: object,
  choice: RuntimeChoice,
  count: number,
): Promise<string[][]> {
  const instances = Array.from({ length: count }, () => instantiate(code, runtime));
  const clock = new VirtualClock();
  const loop = new Runtime({ clock, queue: 'fifo', ...choice });
  await loop.run(function* () {
    yield* programLibrary.all(instances.map(({ make, trace }) => recorded(make, trace, () => clock.now())));
  });
  for (const { kept, trace } of instances) finish(kept, trace);
  return instances.map(({ trace }) => trace);
}

/**
 * How often a program that is cancelled after so many turns, and gives way wherever it can, gives back each thing that it held.
 */
export async function runCancelled(code: string, runtime: object, turns: number): Promise<readonly number[]> {
  const { make, held, trace } = instantiate(code, runtime);
  function* wait(): Operation<void> {
    for (let turn = 0; turn < turns; turn++) yield* yieldNow();
  }
  await new Runtime({ clock: new VirtualClock(), queue: 'fifo', sliceMs: 0 }).run(() =>
    race([recorded(make, trace, () => 0), wait()]),
  );
  return held;
}

function* recorded(make: Instance['make'], trace: string[], now: () => number): Operation<void> {
  try {
    const value = yield* programLibrary.call(make as () => Operation<unknown>);
    trace.push(`returned ${show(value)} at ${now()}`);
  } catch (error) {
    trace.push(`threw ${show(error)} at ${now()}`);
  }
}

function instantiate(code: string, runtime: object): Instance {
  pauses.limit();
  const exports = {};
  const trace: string[] = [];
  const t = <T>(id: number, value: T): T => (trace.push(`${id} ${show(value)}`), value);
  const te = (error: unknown): void => void trace.push(`caught ${show(error)}`);
  // oxlint-disable-next-line no-implied-eval -- it is a program
  new Function('exports', 'require', 't', 'te', 'lib', code)(exports, () => runtime, t, te, programLibrary);
  return { ...(exports as Pick<Instance, 'make' | 'kept' | 'held'>), trace };
}

function finish(kept: Instance['kept'], trace: string[]): void {
  for (const f of kept.slice(0, 20)) note(trace, 'kept', f);
}

function note(trace: string[], what: string, f: () => unknown): void {
  try {
    trace.push(`${what}: ${show(f())}`);
  } catch (error) {
    trace.push(`${what} threw ${show(error)}`);
  }
}

function show(value: unknown): string {
  if (value instanceof Error)
    return `${value.name}: ${value.message.replace(/^.* is not iterable.*$/, 'not iterable')}`;
  if (Array.isArray(value)) return `[${Array.from(value, show).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, inner]) => `${key}: ${show(inner)}`)
      .join(', ')}}`;
  return typeof value === 'function' ? 'function' : String(value);
}
