import test from 'ava';
import type { LiveNode } from '#src/blocking-graph/flow-graph.js';
import { FairShares } from '#src/resources/fair-shares.js';
import { Kind } from '#src/resources/kind.js';

/** A kind of which much is offered. */
function kind(priority: number = 1, patient: boolean = false): Kind {
  const one = new Kind('work', priority, patient);
  one.offered = 10;
  one.tick(0.9);
  return one;
}

/** What is fair for each when it has run for so many of the last 100 ms. */
function shares(kinds: readonly Kind[], ran: readonly number[] = []): number[] {
  const nodes = kinds.map((_, index) => ({ index, ranMs: ran[index] ?? 0 })) as unknown as LiveNode[];
  new FairShares().tick(kinds, nodes, kinds, 100, 0.9);
  return kinds.map(({ fairShare }) => fairShare);
}

test('kinds share the processor by what they count; who is important takes no more than anybody', (t) => {
  t.deepEqual(shares([kind()]), [1]);
  t.deepEqual(shares([kind(), kind(10)]), [0.5, 0.5]);
  t.deepEqual(shares([kind(), kind(), kind(0.5)]), [0.4, 0.4, 0.2]);
  const rare = new Kind('work', 1);
  rare.rate = 0.4;
  t.deepEqual(shares([rare]), [1]);
  t.deepEqual(shares([kind(), kind(), rare]), [0.5, 0.5, 0.5], 'what is hardly ever offered takes nothing from others');
});

test('two entries with kinds of one name are one', (t) => {
  const [first, second] = [kind(), kind()];
  second.first = first;
  t.deepEqual(shares([first, second, kind()]), [0.5, 1, 0.5]);
});

test('what is patient has no claim while it has more than its share and others wait with less', (t) => {
  const others = (waited: boolean): Kind => Object.assign(kind(), { waited });
  const patient = kind(1, true);
  t.deepEqual(shares([patient, others(true)], [60, 30]), [0, 0.5]);
  t.deepEqual(shares([patient, others(true)], [50, 30]), [0.5, 0.5], 'it has no more');
  t.deepEqual(shares([patient, others(false)], [60, 30]), [0.5, 0.5], 'nobody waits');
  t.deepEqual(shares([patient, others(true)], [60, 60]), [0.5, 0.5], 'who waits has more, too');
  t.deepEqual(shares([kind(), others(true)], [60, 30]), [0.5, 0.5], 'what is not patient keeps its claim');
});

test('what waited before the last look counts no more, what ran before counts for less', (t) => {
  const [patient, other] = [kind(1, true), kind()];
  const kinds = [patient, other];
  const nodes = [{ index: 0, ranMs: 60 }] as unknown as LiveNode[];
  const fair = new FairShares();
  other.waited = true;
  fair.tick(kinds, nodes, kinds, 100, 0.9);
  t.is(patient.fairShare, 0);
  fair.tick(kinds, nodes, kinds, 100, 0.9);
  t.is(patient.fairShare, 0.5);
  // In 190 ms of which the older count less it may have run for 95.
  other.waited = true;
  fair.tick(kinds, [{ index: 0, ranMs: 94 }] as unknown as LiveNode[], kinds, 0, 1);
  t.is(patient.fairShare, 0.5);
  other.waited = true;
  fair.tick(kinds, [{ index: 0, ranMs: 96 }] as unknown as LiveNode[], kinds, 0, 1);
  t.is(patient.fairShare, 0);
});
