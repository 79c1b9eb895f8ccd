import { checkOptions, expected } from '../base/check.js';

/**
 * The parts of scheduling by resources, each of which can be switched off, to find out what it does or because it does harm. All
 * are on unless given. What each one does, and what happens without it, is in `docs/scheduling.md`.
 */
export interface SchedulingOptions {
  /** New work waits while the processor time that admitted work still needs is more than the processor can do in time. */
  readonly cpuGate?: boolean;
  /** The same for memory and descriptors. */
  readonly stockGate?: boolean;
  /** The same for locks, semaphores, resources and libuv's threads. */
  readonly poolGate?: boolean;
  /** Fibers about to take much memory or a descriptor wait while what they will need does not fit. */
  readonly localCheck?: boolean;
  /** While little is known, little is let in: eight at once, and two more for each that has finished. */
  readonly slowStart?: boolean;
  /** Lets V8's heap fill further between major collections than V8 does by itself below a limit of 2 GiB. */
  readonly heapRoom?: boolean;
  /** On a single processor the threads in which V8 collects garbage and compiles leave it to the program. Linux only. */
  readonly quietV8?: boolean;
  /** Cancels the fiber that holds most memory when memory runs out all the same. */
  readonly backStop?: boolean;
  /** Limits how much goes on at once while answers are slow for a reason that cannot be seen. */
  readonly latencyNet?: boolean;
  /** Lets in the newest first while a queue persists; else the oldest. */
  readonly lifo?: boolean;
  /** Nodes that take what is scarce run less often than those that give it back; else all get the same share. */
  readonly tickets?: boolean;
  /** A queue for each node of the graph; else one for all ready fibers. */
  readonly perNodeQueues?: boolean;
}

export type SchedulingSwitches = Required<SchedulingOptions>;

/** What `options` leave on. @throws `ArgumentError` for an unknown switch, or a value that is no boolean. */
export function switchesOf(options: SchedulingOptions = {}): SchedulingSwitches {
  checkOptions(options, 'scheduling');
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(allSwitchedOn, name))
      throw expected('scheduling', `an object with any of ${Object.keys(allSwitchedOn).join(', ')}`, name);
    if (typeof value !== 'boolean') throw expected(`scheduling.${name}`, 'true or false', value);
  }
  return { ...allSwitchedOn, ...options };
}

export const allSwitchedOn: SchedulingSwitches = {
  cpuGate: true,
  stockGate: true,
  poolGate: true,
  localCheck: true,
  slowStart: true,
  heapRoom: true,
  quietV8: true,
  backStop: true,
  latencyNet: true,
  lifo: true,
  tickets: true,
  perNodeQueues: true,
};
