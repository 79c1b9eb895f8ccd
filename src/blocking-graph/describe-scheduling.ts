import { OTHER_KINDS } from './other-kinds.js';
import { formatCount, formatMs } from './render/format.js';
import type { EntrySnapshot, SchedulingSnapshot } from './scheduling.js';
import type { NodeSnapshot } from './snapshot.js';

/**
 * Warnings about scheduling by resources, one sentence each. Refusing and holding back are reported only once they have
 * lasted: refusing a short burst is what admission control is for.
 */
export function describeScheduling(scheduling: SchedulingSnapshot | null, nodes: readonly NodeSnapshot[]): string[] {
  if (scheduling === null) return [];
  const { entries, stopped } = scheduling;
  return [
    ...entries.flatMap(refusing),
    ...entries.flatMap(overrun),
    ...entries.flatMap(late),
    ...nodes.flatMap(held),
    ...(stopped === 0
      ? []
      : [`${stopped === 1 ? '1 fiber was' : `${stopped} fibers were`} cancelled because memory had run out`]),
  ];
}

/** Why work was not admitted, as a clause after "because". */
export function describeReason(reason: string): string {
  switch (reason) {
    case 'latency':
      return 'answers are slow for a reason that cannot be seen from here';
    case 'slow start':
      return 'little is known yet of what work takes';
    case 'overload':
      return 'there is more of it than can be done in time';
    case 'too late':
      return 'none of its kind is done within the goal, and other work is';
    case 'the queue is full':
      return reason;
    case 'closed':
      return 'the entry was closed';
    case 'no descriptor for a connection':
      return 'no descriptor was left for new connections';
    case 'no request on a connection':
      return 'connections that brought no request took up the descriptors';
    default:
      return `there is too little of ${reason}`;
  }
}

function refusing({ name, refusing: state }: EntrySnapshot): string[] {
  if (state === null || state.forMs < DWELL_MS) return [];
  return [
    `${name} has been refusing work for ${seconds(state.forMs)}, most of it because ${describeReason(state.reason)}`,
  ];
}

function overrun({ name, kinds }: EntrySnapshot): string[] {
  const others = kinds.find((kind) => kind.name === OTHER_KINDS);
  if (others === undefined) return [];
  return [
    `${name} tells no more kinds of work apart, and takes ${formatCount(others.offered)} pieces for one kind: names with identifiers in them (\`/user/17\`) need \`kindOf\``,
  ];
}

function late({ name, goalMs, kinds }: EntrySnapshot): string[] {
  return kinds
    .filter((kind) => kind.late >= MANY)
    .map(
      (kind) =>
        `${kind.name} of ${name} does not meet the goal of ${formatMs(goalMs)}: the last ${formatCount(kind.late)} that ended took longer or were cancelled; \`--remaining\` shows how long one takes by itself`,
    );
}

function held({ label, subject, chain, held: state }: NodeSnapshot): string[] {
  if (state === null || state.forMs < DWELL_MS) return [];
  const place = `${subject === null ? label : `${label}(${subject})`} of ${chain.join(' → ')}`;
  const fibers = state.fibers === 1 ? '1 fiber has' : `${state.fibers} fibers have`;
  return [`${fibers} been kept from going on from ${place} for up to ${seconds(state.forMs)} by ${state.by}`];
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

/** Pieces of work in a row, as in admission (`resources/kind.ts`). */
const MANY = 24;
/** How long a state must last before it is worth a warning. */
const DWELL_MS = 5000;
