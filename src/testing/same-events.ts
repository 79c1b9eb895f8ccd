import { expected as mismatch } from '../base/check.js';

/** The events that are expected, in order; those in a set may come in any order. */
export type ExpectedEvents = readonly (string | ReadonlySet<string>)[];

/** Null if the events are as expected, otherwise where they first differ. Throws `ArgumentError`. */
export function sameEvents(events: readonly string[], expected: ExpectedEvents): string | null {
  if (!Array.isArray(events)) throw mismatch('events', 'an array of texts', events);
  if (!Array.isArray(expected)) throw mismatch('expected', 'an array of texts and sets of texts', expected);
  let at = 0;
  for (const part of expected) {
    const wanted = typeof part === 'string' ? [part] : [...part];
    const came = events.slice(at, at + wanted.length);
    if ([...wanted].sort().join('\n') !== [...came].sort().join('\n'))
      return `at event ${at}: expected ${describe(part)}, got ${came.map((event) => `'${event}'`).join(', ') || 'nothing'}`;
    at += wanted.length;
  }
  return at === events.length
    ? null
    : `${events.length - at} more events than expected: '${events.slice(at).join("', '")}'`;
}

function describe(part: string | ReadonlySet<string>): string {
  return typeof part === 'string' ? `'${part}'` : `{${[...part].map((one) => `'${one}'`).join(', ')}} in any order`;
}
