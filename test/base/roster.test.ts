import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { Roster, type Enrolled } from '#src/base/roster.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void;

const oldBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')!.space_used_size;

/** A kilobyte of what a request leaves behind. */
class Member implements Enrolled {
  slot: number = -1;
  readonly left: readonly number[] = Array.from({ length: 128 }, () => 0);
}

test('who has left does not outlive a scavenge', (t) => {
  const roster = new Roster<Member>();
  const here: Member[] = [];
  const pass = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const one = new Member();
      roster.add(one);
      here.push(one);
      if (here.length > 16) roster.delete(here.shift()!);
    }
  };
  // What is there is old then.
  for (let i = 0; i < 4; i++) {
    pass(100);
    gc({ type: 'minor' });
  }
  gc({ type: 'major' });
  const before = oldBytes();
  for (let i = 0; i < 100; i++) {
    pass(100);
    gc({ type: 'minor' });
  }
  const kept = (oldBytes() - before) / 1024;
  // Those that are here at a scavenge have left at the next one.
  t.true(kept < 400, `${Math.round(kept)} KB of 10,000 grew old`);
});

test('one leaves whichever place it has, and once', (t) => {
  const roster = new Roster<Member>();
  const all = [new Member(), new Member(), new Member()];
  for (const one of all) roster.add(one);
  t.true(roster.delete(all[0]!));
  t.false(roster.delete(all[0]!));
  t.deepEqual([...roster], [all[2]!, all[1]!]);
  t.true(roster.delete(all[1]!));
  t.deepEqual([...roster], [all[2]!]);
  t.deepEqual(
    all.map(({ slot }) => slot),
    [-1, -1, 0],
  );
});
