import test from 'ava';
import fc from 'fast-check';
import { Population, type PopulationWalk } from '#src/fibers/population.js';
import type { Fiber } from '#src/fibers/fiber.js';
import type { Scope } from '#src/fibers/scope.js';
import { fuzzRuns } from '../support/fuzz.js';

interface Member {
  readonly name: number;
  readonly scope: Home;
  slot: number;
  ended: boolean;
}

interface Home {
  readonly members: Member[];
  slot: number;
}

/** What scopes do to a population, without fibers that run. */
class Model {
  readonly population = new Population();
  readonly homes: Home[];
  readonly live: Member[] = [];
  private spawned = 0;

  constructor(homes: number) {
    this.homes = Array.from({ length: homes }, () => ({ members: [], slot: -1 }));
  }

  spawn(home: number): void {
    const scope = this.homes[home % this.homes.length]!;
    const member: Member = { name: this.spawned++, scope, slot: scope.members.length, ended: false };
    scope.members.push(member);
    if (member.slot === 0) this.population.add(scope as unknown as Scope);
    this.live.push(member);
  }

  end(which: number): void {
    if (this.live.length === 0) return;
    const [member] = this.live.splice(which % this.live.length, 1) as [Member];
    member.ended = true;
    const { scope } = member;
    const last = scope.members.pop()!;
    this.population.memberLeaves(scope as unknown as Scope, member as unknown as Fiber, last as unknown as Fiber);
    if (last !== member) {
      scope.members[member.slot] = last;
      last.slot = member.slot;
    } else if (scope.members.length === 0) this.population.remove(scope as unknown as Scope);
  }
}

type Act = readonly ['spawn' | 'end' | 'visit', number];

test('a walk over a population that comes and goes misses nobody and meets nobody twice', (t) => {
  const act: fc.Arbitrary<Act> = fc.tuple(fc.constantFrom('spawn', 'end', 'visit', 'visit'), fc.nat(50));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.nat(50), { maxLength: 30 }),
      fc.array(act, { maxLength: 120 }),
      (homes, first, acts) => {
        const model = new Model(homes);
        for (const home of first) model.spawn(home);
        const there = [...model.live];
        const walk = model.population.walk();
        const other = model.population.walk();
        const met: Member[] = [];
        const visit = (by: PopulationWalk): Member | null => by.next() as unknown as Member | null;
        for (const [what, which] of acts) {
          if (what === 'spawn') model.spawn(which);
          else if (what === 'end') model.end(which);
          else {
            const member = visit(walk);
            if (member === null) break;
            t.false(member.ended, 'met after its end');
            met.push(member);
            visit(other);
          }
        }
        other.end();
        for (let member = visit(walk); member !== null; member = visit(walk)) met.push(member);
        walk.end();
        t.is(new Set(met).size, met.length, 'met twice');
        const missed = there.filter((member) => !member.ended && !met.includes(member));
        t.deepEqual(missed, []);
        t.is((model.population as unknown as { walks: unknown[] }).walks.length, 0);
      },
    ),
    { numRuns: fuzzRuns(2000) },
  );
});

test('a walk that ends twice does not end another', (t) => {
  const model = new Model(1);
  const walk = model.population.walk();
  const other = model.population.walk();
  walk.end();
  walk.end();
  t.is((model.population as unknown as { walks: unknown[] }).walks.length, 1);
  other.end();
});
