import test from 'ava';
import fc from 'fast-check';
import { InternalError } from '#src/base/errors.js';
import type { Instant, Timer } from '#src/base/instant.js';
import { Random } from '#src/base/random.js';
import { Timers } from '#src/base/timers.js';
import { fuzzRuns } from '../support/fuzz.js';

const numRuns = fuzzRuns(200);

class Alarm implements Timer<Alarm> {
  instant: Instant<Alarm> | null = null;
  previous: Alarm | null = null;
  following: Alarm | null = null;
  readonly at: number;

  constructor(at: number) {
    this.at = at;
  }
}

type Step =
  | { readonly kind: 'set'; readonly at: number }
  | { readonly kind: 'pop' }
  | { readonly kind: 'unset'; readonly which: number };

/**
 * Few different times, so that they are equal often; some apart by what instants are told by, so that these forget each other.
 */
const times = fc.tuple(fc.integer({ min: -2, max: 3 }), fc.integer({ min: 0, max: 3 }), fc.constantFrom(0, 0, 0.5));
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: times.map(([ms, turns, part]): Step => ({ kind: 'set', at: ms + turns * 1024 + part })) },
  { weight: 1, arbitrary: fc.double({ noNaN: true }).map((at): Step => ({ kind: 'set', at })) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'pop' }) },
  { weight: 3, arbitrary: fc.nat().map((which): Step => ({ kind: 'unset', which })) },
);

test('timers do what an array sorted by time and arrival does', (t) => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 300 }), (program) => {
      const sorted: Alarm[] = [];
      const timers = new Timers<Alarm>();
      for (const step of program) {
        if (step.kind === 'set') {
          const alarm = new Alarm(step.at);
          const after = sorted.findIndex((other) => other.at > alarm.at);
          sorted.splice(after === -1 ? sorted.length : after, 0, alarm);
          timers.set(alarm, alarm.at);
        } else if (step.kind === 'pop') {
          const first = sorted.shift();
          t.is(timers.pop(), first);
          if (first !== undefined) t.false(timers.unset(first));
        } else if (sorted.length > 0) {
          const [alarm] = sorted.splice(step.which % sorted.length, 1);
          t.true(timers.unset(alarm!));
          t.false(timers.unset(alarm!));
        }
        timers.validate();
        t.is(timers.nextAt, sorted[0]?.at ?? Infinity);
      }
      for (const alarm of sorted) t.is(timers.pop(), alarm);
      t.is(timers.pop(), undefined);
    }),
    { numRuns },
  );
});

test('a hundred thousand timers leave in order, and hold on to nothing', (t) => {
  const random = new Random(7);
  const timers = new Timers<Alarm>();
  const alarms = Array.from({ length: 100_000 }, () => new Alarm(random.below(3000)));
  for (const alarm of alarms) timers.set(alarm, alarm.at);
  for (let i = 0; i < alarms.length; i += 2) timers.unset(alarms[i]!);
  timers.validate();
  let previous = -Infinity;
  for (let alarm = timers.pop(); alarm !== undefined; alarm = timers.pop()) {
    if (alarm.at < previous) t.fail(`${alarm.at} after ${previous}`);
    previous = alarm.at;
  }
  t.notThrows(() => timers.validate());
  for (const { instant, previous: before, following } of alarms)
    t.deepEqual([instant, before, following], [null, null, null]);
});

test('a timer that is set already, and a time that is not a number, are refused', (t) => {
  const timers = new Timers<Alarm>();
  const alarm = new Alarm(1);
  timers.set(alarm, 1);
  t.throws(() => timers.set(alarm, 2), { instanceOf: InternalError });
  t.throws(() => timers.set(new Alarm(0), NaN), { instanceOf: InternalError });
  timers.set(new Alarm(0), 0);
  t.throws(() => timers.set(new Alarm(0), NaN), { instanceOf: InternalError });
  timers.validate();
  t.is(timers.pop()?.at, 0);
  t.is(timers.pop(), alarm);
});
