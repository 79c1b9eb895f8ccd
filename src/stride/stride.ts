import { expected } from '../base/check.js';
import { InternalError, MisuseError } from '../base/errors.js';
import { BinaryHeap } from '../base/binary-heap.js';

/**
 * Stride scheduling (Waldspurger and Weihl, MIT/LCS/TM-528, 1995) of one processor among clients that use it for
 * unequal lengths of time: the client with the smallest pass runs, then its pass grows by the time it took divided
 * by its tickets. Over any span in which two clients stay joined and keep their tickets, what each gets differs from
 * its share of what both get by at most the longest quantum that either of them has taken.
 *
 * That bound needs the one change made here. The paper's `globalPass` is the mean pass of all joined clients, and a client
 * rejoins as far from it as it left. But a client that leaves in debt for good shifts the mean against those that stay, and one
 * that sleeps keeps its debt forever: with tickets of 1 and 1,000 and quanta of 10 ms, a newcomer could wait for six seconds,
 * and a sleeper for ten after a minute's sleep. So `globalPass` is the virtual time of start-time fair queueing (Goyal, Vin and
 * Cheng, SIGCOMM 1996; for processors Goyal, Guo and Vin, OSDI 1996): the pass at which the last client to run was chosen. It
 * never falls, a joined client is never behind it, and one that runs only when it is next is never ahead of it by more than its
 * own last quantum. Joining keeps that so:
 *
 * - A client's distance ahead of `globalPass` is its debt, from a quantum longer than its share. It keeps its pass
 *   when it leaves, so that leaving and rejoining at once does not clear the debt, and others running meanwhile does.
 * - A client that comes back behind `globalPass` is moved up to it. A sleeper is next, which is good for its latency,
 *   but has saved up nothing. New clients begin there too.
 * - When the last joined client leaves, it owes nobody: `globalPass` moves up to its pass.
 */
export class Stride<C extends StrideClient> {
  /** The pass of a client without debt, in ms per ticket. */
  globalPass: number = 0;
  /** How far `rebase` has moved the origin of all passes. */
  private origin: number = 0;
  private turn: number = 0;
  private readonly joined: BinaryHeap<C> = new BinaryHeap<C>(isBefore);

  /** The client with the smallest pass, left where it is; null when none is joined. O(1). */
  next(): C | null {
    return this.joined.peek() ?? null;
  }

  /** From now on the client competes. O(log n). Throws `MisuseError` when it already does. */
  join(client: C): void {
    if (client.heapIndex !== -1) throw new MisuseError('join: the client has joined already');
    this.settle(client);
    client.turn = this.turn++;
    this.joined.push(client);
  }

  /** The client stops competing and keeps its debt. O(log n). Throws `MisuseError` when it does not compete here. */
  leave(client: C): void {
    if (!this.joined.remove(client)) throw new MisuseError('leave: the client has not joined');
    client.origin = this.origin;
    if (this.joined.size === 0) this.advance(client.pass);
  }

  /**
   * The client had the processor for `elapsedMs`. O(log n). It may have left meanwhile, and several batches may be
   * charged as one quantum. Among clients with equal passes those charged or joined last come last, so even quanta
   * too short for the clock to see go round.
   */
  charge(client: C, elapsedMs: number): void {
    if (!(elapsedMs >= 0 && elapsedMs <= LONGEST_MS)) {
      throw expected('elapsedMs', `a number of milliseconds from 0 to ${LONGEST_MS}`, elapsedMs);
    }
    const first = this.joined.peek();
    if (client.heapIndex !== -1) {
      this.advance(first!.pass);
      client.pass += client.stride * elapsedMs;
      client.turn = this.turn++;
      this.joined.update(client);
    } else {
      this.settle(client);
      if (first !== undefined) this.advance(Math.min(first.pass, client.pass));
      client.pass += client.stride * elapsedMs;
      if (first === undefined) this.advance(client.pass);
    }
  }

  /** Gives the client other tickets, joined or not; its debt in ms stays what it was. O(log n). */
  modify(client: C, tickets: number): void {
    checkTickets(tickets);
    if (client.heapIndex === -1) this.settle(client);
    const debtMs = (client.pass - this.globalPass) * client.tickets;
    client.tickets = tickets;
    client.stride = 1 / tickets;
    client.pass = this.globalPass + debtMs * client.stride;
    if (client.heapIndex !== -1) this.joined.update(client);
  }

  /** Throws unless the invariants above hold. O(n), for tests. */
  validate(): void {
    this.joined.validate();
    for (const client of this.joined) {
      if (!(client.pass >= this.globalPass)) throw new InternalError('stride: a joined client is behind globalPass');
    }
  }

  /** Brings up to date the pass of a client that is out: measured from the current origin, and without credit. */
  private settle(client: C): void {
    const pass = client.pass - (this.origin - client.origin);
    client.pass = pass > this.globalPass ? pass : this.globalPass;
    client.origin = this.origin;
  }

  private advance(pass: number): void {
    if (pass <= this.globalPass) return;
    this.globalPass = pass;
    if (pass >= REBASE_AT) this.rebase();
  }

  /**
   * Moves the origin of all passes up. The larger a pass, the coarser its last digit: after a year of one client with one ticket
   * it would be 4e-6, and a batch of 1 µs on 1,000 tickets would cost nothing. Below `REBASE_AT`, which a client with one ticket
   * reaches in a quarter of an hour, rounding is below 2e-10 ms per ticket. Passes move by a multiple of a power of two, which
   * is exact, so their order is kept. O(n). Clients that are out follow when they are next seen.
   */
  private rebase(): void {
    const shift = Math.floor(this.globalPass / REBASE_AT) * REBASE_AT;
    this.origin += shift;
    this.globalPass -= shift;
    for (const client of this.joined) client.pass -= shift;
  }
}

/** Something that competes for the processor; extend it with what is to be run. */
export class StrideClient {
  /** Its share of the processor is its tickets over those of all joined clients. Change them with `Stride.modify`. */
  tickets: number;
  /** What one ms costs: 1 / tickets. The paper's `stride1` is 1 here, since doubles need no scaling. */
  stride: number;
  /** Its virtual time in ms per ticket; while it is out, as of when it left. */
  pass: number = 0;
  /** The origin from which `pass` is measured while it is out. */
  origin: number = 0;
  /** Order among clients of equal pass. */
  turn: number = 0;
  /** Its place in the heap; -1 while it is out. */
  heapIndex: number = -1;

  /** `tickets` is from 1e-6 to 1e9: a client that is to get nothing must not join. */
  constructor(tickets: number) {
    checkTickets(tickets);
    this.tickets = tickets;
    this.stride = 1 / tickets;
  }
}

function isBefore(a: StrideClient, b: StrideClient): boolean {
  return a.pass === b.pass ? a.turn < b.turn : a.pass < b.pass;
}

function checkTickets(tickets: number): void {
  if (!(tickets >= 1e-6 && tickets <= 1e9)) throw expected('tickets', 'a number from 1e-6 to 1e9', tickets);
}

const REBASE_AT = 2 ** 20;
/** Some thirty years: longer than any quantum, and far from where sums of doubles overflow. */
const LONGEST_MS = 1e12;
