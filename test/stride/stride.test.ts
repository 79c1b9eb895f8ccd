import test from 'ava';
import fc from 'fast-check';
import { ArgumentError, MisuseError } from '#src/base/errors.js';
import { Random } from '#src/base/random.js';
import { Stride, StrideClient } from '#src/stride/stride.js';
import { fuzzRuns } from '../support/fuzz.js';

const numRuns = fuzzRuns(300);

class Party extends StrideClient {
  readonly name: string;
  /** All that it was charged, in ms, and the most of it at once. */
  service = 0;
  largest = 0;

  constructor(name: string, tickets: number) {
    super(tickets);
    this.name = name;
  }
}

/** The processor goes to whoever is next, for `ms`. */
function run(stride: Stride<Party>, ms: number): Party {
  const party = stride.next()!;
  charge(stride, party, ms);
  return party;
}

function charge(stride: Stride<Party>, party: Party, ms: number): void {
  stride.charge(party, ms);
  party.service += ms;
  party.largest = Math.max(party.largest, ms);
}

/** Who gets the next `count` quanta of `ms`. */
function order(stride: Stride<Party>, count: number, ms: number): string {
  return Array.from({ length: count }, () => run(stride, ms).name).join('');
}

function joinAll(stride: Stride<Party>, ...parties: Party[]): void {
  for (const party of parties) stride.join(party);
}

/**
 * Watches one pair. While both stay joined and keep their tickets, the difference of their services per ticket says
 * how far each is from its share of what both got; its range covers every span within that time.
 */
class Pair {
  private low = 0;
  private high = 0;
  private start = 0;
  private readonly a: Party;
  private readonly b: Party;

  constructor(a: Party, b: Party) {
    this.a = a;
    this.b = b;
  }

  restart(): void {
    this.low = this.high = 0;
    this.start = this.difference();
  }

  observe(): void {
    const difference = this.difference() - this.start;
    this.low = Math.min(this.low, difference);
    this.high = Math.max(this.high, difference);
  }

  /** The largest |service - share| in any span, in ms. */
  get error(): number {
    const { a, b } = this;
    return ((this.high - this.low) * a.tickets * b.tickets) / (a.tickets + b.tickets);
  }

  get bound(): number {
    return Math.max(this.a.largest, this.b.largest);
  }

  has(party: Party): boolean {
    return party === this.a || party === this.b;
  }

  get joined(): boolean {
    return this.a.heapIndex !== -1 && this.b.heapIndex !== -1;
  }

  private difference(): number {
    return this.a.service / this.a.tickets - this.b.service / this.b.tickets;
  }
}

type Step =
  | { readonly kind: 'join' | 'leave'; readonly who: number }
  | { readonly kind: 'modify'; readonly who: number; readonly tickets: number }
  | { readonly kind: 'run'; readonly ms: number; readonly end: 'stay' | 'leave' | 'leave before the charge' };

const COUNT = 6;
const tickets = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.double({ min: 0.1, max: 1000, noNaN: true }));
const quantum = fc.oneof(
  fc.constantFrom(0, 1, 5),
  fc.double({ min: 0, max: 10, noNaN: true }),
  // From a nanosecond to minutes, so that passes are rebased now and then.
  fc.double({ min: -6, max: 5.5, noNaN: true }).map((exponent) => 10 ** exponent),
);
const who = fc.integer({ min: 0, max: COUNT - 1 });
const end = fc.constantFrom('stay', 'stay', 'stay', 'leave', 'leave before the charge');
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('join' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('modify' as const), who, tickets }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('run' as const), ms: quantum, end }) },
) as fc.Arbitrary<Step>;

test('any pair that stays busy is within one largest quantum of its share, whatever the others do', (t) => {
  const start = fc.array(tickets, { minLength: COUNT, maxLength: COUNT });
  fc.assert(
    fc.property(start, fc.array(steps, { size: 'large', maxLength: 400 }), (start, program) => {
      const stride = new Stride<Party>();
      const parties = start.map((tickets, i) => new Party(`${i}`, tickets));
      const pairs = parties.flatMap((a, i) => parties.slice(i + 1).map((b) => new Pair(a, b)));
      const restart = (party: Party): void => pairs.filter((pair) => pair.has(party)).forEach((pair) => pair.restart());
      let total = 0;
      for (const step of program) {
        if (step.kind === 'run') {
          const party = stride.next();
          if (party === null) continue;
          if (step.end === 'leave before the charge') stride.leave(party);
          charge(stride, party, step.ms);
          if (step.end === 'leave') stride.leave(party);
          total += step.ms;
        } else {
          const party = parties[step.who]!;
          if (step.kind === 'modify') stride.modify(party, step.tickets);
          else if ((step.kind === 'join') === (party.heapIndex !== -1)) continue;
          else stride[step.kind](party);
          restart(party);
        }
        stride.validate();
        for (const pair of pairs) {
          if (!pair.joined) continue;
          pair.observe();
          const rounding = 1e-6 + total * 1e-9;
          if (pair.error > pair.bound + rounding) t.fail(`${pair.error} ms from its share, bound ${pair.bound}`);
        }
      }
    }),
    { numRuns },
  );
  t.pass();
});

test('tickets of 1:2:3 give services of 1:2:3 within 1 % over 10,000 quanta of any lengths', (t) => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0.001, max: 10, noNaN: true }), (seed, longest) => {
      const random = new Random(seed);
      const stride = new Stride<Party>();
      const parties = [1, 2, 3].map((tickets) => new Party(`${tickets}`, tickets));
      joinAll(stride, ...parties);
      for (let i = 0; i < 10_000; i++) run(stride, random.next() * longest);
      const total = parties.reduce((sum, party) => sum + party.service, 0);
      for (const { tickets, service } of parties) {
        const share = (total * tickets) / 6;
        t.true(Math.abs(service - share) <= share * 0.01, `${service} instead of ${share}`);
      }
    }),
    { numRuns: fuzzRuns(10) },
  );
});

test('shares are of time, not of turns', (t) => {
  const stride = new Stride<Party>();
  const [short, long] = [new Party('short', 1), new Party('long', 1)];
  joinAll(stride, short, long);
  for (let i = 0; i < 1000; i++) charge(stride, stride.next()!, stride.next() === long ? 9 : 1);
  t.true(Math.abs(short.service - long.service) <= 9);
});

test('a client that slept for a minute is next, but gets no burst', (t) => {
  const stride = new Stride<Party>();
  const [a, b, sleeper] = [new Party('a', 1), new Party('b', 1), new Party('s', 1)];
  joinAll(stride, a, b, sleeper);
  order(stride, 3, 1);
  stride.leave(sleeper);
  for (let i = 0; i < 60_000; i++) run(stride, 1);
  stride.join(sleeper);
  t.regex(order(stride, 9, 1), /^.?s..s..s/);
});

test('a debt is kept by a client that leaves and comes back at once', (t) => {
  const stride = new Stride<Party>();
  const [a, b] = [new Party('a', 1), new Party('b', 1)];
  joinAll(stride, a, b);
  t.is(run(stride, 5), a);
  stride.leave(a);
  stride.join(a);
  t.is(order(stride, 7, 1), 'bbbbbab');
});

test('a debt is paid by sleeping while others run', (t) => {
  const stride = new Stride<Party>();
  const [a, b] = [new Party('a', 1), new Party('b', 1)];
  joinAll(stride, a, b);
  t.is(run(stride, 1000), a);
  stride.leave(a);
  for (let i = 0; i < 1000; i++) run(stride, 1);
  stride.join(a);
  t.is(order(stride, 4, 1), 'baba');
});

test('a client that was alone owes nobody', (t) => {
  const stride = new Stride<Party>();
  const [a, b] = [new Party('a', 1), new Party('b', 1)];
  stride.join(a);
  run(stride, 1000);
  stride.leave(a);
  joinAll(stride, a, b);
  t.is(order(stride, 4, 1), 'abab');
});

test('a client charged after it left nobody behind owes nobody', (t) => {
  const stride = new Stride<Party>();
  const [a, b] = [new Party('a', 1), new Party('b', 1)];
  stride.join(a);
  stride.leave(a);
  stride.charge(a, 1000);
  joinAll(stride, a, b);
  t.is(order(stride, 4, 1), 'abab');
});

test('clients that leave in debt for good neither hold a newcomer back nor push it forward', (t) => {
  const stride = new Stride<Party>();
  const [a, b] = [new Party('a', 1000), new Party('b', 1000)];
  stride.join(a);
  for (let i = 0; i < 100; i++) {
    const passer = new Party('passer', 1);
    stride.join(passer);
    while (stride.next() !== passer) run(stride, 10);
    run(stride, 10);
    stride.leave(passer);
  }
  stride.join(b);
  t.is(order(stride, 6, 10), 'bababa');
});

for (const when of ['before', 'after'] as const) {
  test(`a client whose queue runs empty ${when} each charge has its share if it comes back at once`, (t) => {
    const stride = new Stride<Party>();
    const [a, b] = [new Party('a', 9), new Party('b', 1)];
    joinAll(stride, a, b);
    for (let i = 0; i < 1000; i++) {
      const party = stride.next()!;
      if (when === 'before') stride.leave(party);
      charge(stride, party, 1);
      if (when === 'after') stride.leave(party);
      stride.join(party);
    }
    t.true(Math.abs(a.service - 900) <= 1, `${a.service} instead of 900`);
  });
}

test('a newcomer gets no burst from one that is always charged after it left', (t) => {
  const stride = new Stride<Party>();
  const [a, b, c] = [new Party('a', 100), new Party('b', 1), new Party('c', 100)];
  joinAll(stride, b, a);
  run(stride, 100);
  for (let i = 0; i < 5000; i++) {
    stride.leave(a);
    charge(stride, a, 1);
    stride.join(a);
  }
  stride.join(c);
  t.is(order(stride, 6, 1), 'cacaca');
});

test('other tickets change what a debt is per ticket, not what it is in time', (t) => {
  const stride = new Stride<Party>();
  const [a, b] = [new Party('a', 1), new Party('b', 1)];
  joinAll(stride, a, b);
  run(stride, 12);
  stride.modify(a, 4);
  // 12 ms on 4 tickets weigh as much as 3 ms on 1.
  t.is(order(stride, 3, 1), 'bbb');
  t.is(order(stride, 10, 1).replaceAll('b', '').length, 8);
});

test('new tickets hold for a client that is out', (t) => {
  const stride = new Stride<Party>();
  const [a, b] = [new Party('a', 1), new Party('b', 1)];
  stride.modify(a, 3);
  joinAll(stride, a, b);
  for (let i = 0; i < 400; i++) run(stride, 1);
  t.true(Math.abs(a.service - 300) <= 1);
});

test('equal passes are served in the order of joining, and quanta too short to measure go round', (t) => {
  const stride = new Stride<Party>();
  joinAll(stride, new Party('a', 1), new Party('b', 2), new Party('c', 3));
  t.is(order(stride, 9, 0), 'abcabcabc');
});

test('without clients nobody is next, and one client is always next', (t) => {
  const stride = new Stride<Party>();
  t.is(stride.next(), null);
  const a = new Party('a', 1);
  stride.join(a);
  t.is(order(stride, 3, 7), 'aaa');
  stride.leave(a);
  t.is(stride.next(), null);
  joinAll(stride, a, new Party('b', 1));
  t.is(order(stride, 4, 1), 'abab');
});

test('tickets that are not from 1e-6 to 1e9 are refused, and nothing changes', (t) => {
  const stride = new Stride<Party>();
  const a = new Party('a', 1);
  stride.join(a);
  for (const tickets of [0, -0, -1, NaN, Infinity, 1e-7, 1e10]) {
    t.throws(() => new Party('b', tickets), { instanceOf: ArgumentError, message: /Expected `tickets`/ });
    t.throws(() => stride.modify(a, tickets), { instanceOf: ArgumentError });
  }
  t.is(a.tickets, 1);
  stride.validate();
});

test('a charge that is negative, infinite or not a number is refused, and nothing changes', (t) => {
  const stride = new Stride<Party>();
  const a = new Party('a', 1);
  stride.join(a);
  for (const ms of [-1, NaN, Infinity, 1e13]) {
    t.throws(() => stride.charge(a, ms), { instanceOf: ArgumentError, message: /Expected `elapsedMs`/ });
  }
  t.is(a.pass, 0);
});

test('joining twice and leaving twice are refused', (t) => {
  const stride = new Stride<Party>();
  const a = new Party('a', 1);
  t.throws(() => stride.leave(a), { instanceOf: MisuseError });
  stride.join(a);
  t.throws(() => stride.join(a), { instanceOf: MisuseError });
  t.throws(() => new Stride<Party>().leave(a), { instanceOf: MisuseError });
  stride.validate();
});

test('a client with a huge charge comes back once the others have had theirs', (t) => {
  const stride = new Stride<Party>();
  const [a, b] = [new Party('a', 1e-6), new Party('b', 1e9)];
  joinAll(stride, a, b);
  charge(stride, a, 1e12);
  t.is(run(stride, 1e12), b);
  t.is(run(stride, 1e12), b);
  stride.leave(b);
  t.is(run(stride, 1e12), a);
  stride.validate();
  stride.join(b);
  t.is(run(stride, 1), b);
});

test('after a year of uptime batches of a microsecond still count', (t) => {
  const stride = new Stride<Party>();
  const [old, a, b] = [new Party('old', 1), new Party('a', 1000), new Party('b', 2000)];
  stride.join(old);
  for (let day = 0; day < 365; day++) run(stride, 86_400_000);
  stride.leave(old);
  joinAll(stride, a, b);
  for (let i = 0; i < 3000; i++) run(stride, 0.001);
  t.true(Math.abs(a.service - 1) < 0.0021, `${a.service} instead of 1`);
});

for (const where of ['out', 'joined'] as const) {
  test(`the debt of a client that is ${where} outlives the rebasing of all passes`, (t) => {
    const stride = new Stride<Party>();
    const [a, b] = [new Party('a', 1), new Party('b', 1)];
    joinAll(stride, b, a);
    charge(stride, b, 2 ** 20 - 100);
    charge(stride, a, 2 ** 20 - 100);
    charge(stride, a, 5000);
    if (where === 'out') stride.leave(a);
    const before = stride.globalPass;
    for (let i = 0; i < 10; i++) run(stride, 50);
    t.true(stride.globalPass < before, 'no rebasing took place');
    if (where === 'joined') stride.leave(a);
    stride.join(a);
    const served = b.service;
    while (stride.next() === b) run(stride, 50);
    t.is(b.service - served, 4500);
  });
}
