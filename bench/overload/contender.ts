import { allSwitchedOn, type SchedulingSwitches } from '#src/resources/scheduling-options.js';
import { UsageError } from '../harness/usage-error.js';
import type { OverloadSubject } from './subject.js';

type Switch = keyof SchedulingSwitches;

/** Who takes part: a subject as it is, or heddle with some of its ingredients switched off. */
export interface Contender {
  /** In tables and results: that of the subject, or `heddle without …`. */
  readonly name: string;
  readonly subject: OverloadSubject;
  readonly without: readonly Switch[];
}

export function asItIs(subject: OverloadSubject): Contender {
  return { name: subject, subject, without: [] };
}

/**
 * One for each of `parts`, in which `+` joins switches that are off together; `all` is each switch alone.
 *
 * @throws {UsageError} if there is no such switch.
 */
export function heddleWithout(parts: readonly string[]): readonly Contender[] {
  return parts
    .flatMap((part) => (part === 'all' ? Object.keys(allSwitchedOn) : [part]))
    .map((part) => {
      const without = part.split('+').map(switchNamed);
      return { name: `heddle without ${part}`, subject: 'heddle', without };
    });
}

function switchNamed(name: string): Switch {
  if (Object.hasOwn(allSwitchedOn, name)) return name as Switch;
  throw new UsageError(`Unknown switch \`${name}\`; there are ${Object.keys(allSwitchedOn).join(', ')}, and all`);
}
