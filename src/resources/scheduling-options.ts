import { checkOptions, expected } from '../base/check.js';

/**
 * The parts of scheduling by resources, each of which can be switched off: to find out what it does, or by who
 * disagrees. All are on unless given. What each one does, and what happens without, is in `docs/scheduling.md`.
 */
export interface SchedulingOptions {
  /** New work waits while the processor time still owed to what has begun is more than it can do in good time. */
  readonly cpuGate?: boolean;
  /** The same for memory and descriptors. */
  readonly stockGate?: boolean;
  /** The same for semaphores that fibers wait for. */
  readonly poolGate?: boolean;
  /** Fibers about to take memory or descriptors wait while what they will need does not fit. */
  readonly localCheck?: boolean;
  /** While little is known, little is let in: eight, and two more for each that has finished. */
  readonly slowStart?: boolean;
  /** V8's heap may fill further between major collections than V8 lets it below a limit of 2 GB. */
  readonly heapRoom?: boolean;
  /** One fiber is cancelled when memory runs out in spite of all. */
  readonly backStop?: boolean;
  /** A limit on how much goes on at once while answers are slow for a reason that nobody can see. */
  readonly latencyNet?: boolean;
  /** The newest is let in first while there is a queue; else the oldest. */
  readonly lifo?: boolean;
  /** Nodes that take what is scarce run less often than those that give it back; else all get the same share. */
  readonly tickets?: boolean;
  /** A queue for each node of the graph; else one for all ready fibers. */
  readonly perNodeQueues?: boolean;
}

export type SchedulingSwitches = Required<SchedulingOptions>;

/** What `options` leave on. @throws {ArgumentError} for a switch that there is not, or a value that is no boolean. */
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
  backStop: true,
  latencyNet: true,
  lifo: true,
  tickets: true,
  perNodeQueues: true,
};
