import { OverloadError } from '../base/errors.js';
import { Roster } from '../base/roster.js';
import { Spread } from '../base/spread.js';
import type { Fiber } from './fiber.js';
import { Holding } from './holding.js';
import { Label } from './label.js';
import type { Operation } from './operation.js';
import type { Scope } from './scope.js';
import { Suspension, SuspensionKind } from './suspension.js';
import { WaitList } from './wait-list.js';

/**
 * Open files and sockets: counted always, limited once a governor knows the system's limit. A fiber that wants one more
 * waits while what it is still going to need does not fit, so that whoever has begun can finish: five files held by
 * everybody, who all want a sixth, would help nobody. What a fiber will need is what its like held at most, less what
 * it holds. Never waits: a fiber that holds a lock or a pool slot, since others wait for it; nor one for which such a fiber
 * waits itself.
 */
export class DescriptorStock {
  /** Sockets and files that were counted, and what else was found open. */
  counted: number = 0;
  others: number = 0;
  /** Of those that were counted: files that are being opened or closed, so that nobody knows whether they are open. */
  unsettled: number = 0;
  /** How many may be open. */
  limit: number = Infinity;
  /** Whether who wants one may have to wait; else they are only counted. */
  checked: boolean = true;
  /** Who was held back so far. */
  heldBack: number = 0;
  private readonly holdings: Roster<Holding> = new Roster();
  private readonly demands: Map<string, Spread> = new Map();
  private largestDemand: number = 0;
  readonly waiters: WaitList = new WaitList();

  get used(): number {
    return this.counted + this.others;
  }

  /**
   * What the system says: how many may be open, and how many are, with those that nobody counts, as of logs and other
   * libraries; null where it says nothing. Which of the files that are being opened or closed are among them nobody knows. What
   * others have changes rarely, so it is taken for what it was as long as that can be: too few would be too many for the system.
   */
  reconcile(systemsLimit: number | null, open: number | null): void {
    this.limit = systemsLimit === null ? Infinity : Math.max(1, Math.floor(systemsLimit * LIMIT_SHARE));
    if (open === null) return;
    const least = Math.max(0, open - this.counted);
    const most = Math.max(0, open - this.counted + this.unsettled);
    this.others = Math.min(Math.max(this.others, least), most);
  }

  /**
   * Waits until there is room for one more, and counts it, as one that is being opened until `settled` is called. Throws
   * `OverloadError` where that could never be.
   */
  take(): Operation<Holding> {
    return new Suspension<Holding>(TAKE, this, undefined);
  }

  /** `change` more are open than before (fewer, if negative) that nobody has waited for, such as connections. */
  count(change: number): void {
    this.counted += change;
    if (change < 0 && this.waiters.size > 0) this.grantWaiting();
  }

  /** One that was taken is open now, or is closed, or will never be open. */
  settled(): void {
    this.unsettled--;
  }

  /** One that is open is being closed. */
  closing(): void {
    this.unsettled++;
  }

  /** One that was taken is closed, or was never opened. Its fiber may have ended. */
  giveBack(holding: Holding): void {
    const { fiber } = holding;
    if (--holding.held === 0) {
      this.holdings.delete(holding);
      if (fiber.holding === holding) fiber.more().holding = null;
      this.learn(fiber.name, holding.most);
    }
    fiber.loop.recorder?.descriptors(fiber, -1);
    this.count(-1);
  }

  /** How many a fiber of this kind holds at most. */
  demandOf(kind: string): number {
    const known = this.demands.get(kind);
    return known === undefined ? 0 : known.mean + 2 * Math.sqrt(known.variance);
  }

  /** Room for one more connection: what a fiber of any kind may need is kept free, or no work that has begun could end. */
  get hasRoomForConnection(): boolean {
    return this.used + this.largestDemand <= this.limit;
  }

  get heldByFibers(): number {
    let sum = 0;
    for (const { held } of this.holdings) sum += held;
    return sum;
  }

  /** How many fibers of each kind wait. */
  waitingByKind(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { fiber } of this.waiters) counts.set(fiber!.name, (counts.get(fiber!.name) ?? 0) + 1);
    return counts;
  }

  /** How many the fibers of each kind hold. */
  heldByKind(): Map<string, number> {
    const sums = new Map<string, number>();
    for (const { fiber, held } of this.holdings) sums.set(fiber.name, (sums.get(fiber.name) ?? 0) + held);
    return sums;
  }

  /** What those who hold some are still going to need. */
  get pending(): number {
    let sum = 0;
    for (const { fiber, held } of this.holdings) sum += Math.max(0, this.demandOf(fiber.name) - held);
    return sum;
  }

  /** False: it has to wait. */
  grant(suspension: Suspension<Holding>, fiber: Fiber): boolean {
    return this.fits(fiber) && suspension.finish(this.issue(fiber));
  }

  /** Something has changed: lets in those for whom there is room, those first who hold some already. */
  grantWaiting(): void {
    if (this.waiters.size === 0) return;
    for (const suspension of this.waiters) if (suspension.fiber!.holding !== null) this.grantIfFits(suspension);
    this.grantInOrder();
    if (this.waiters.size > 0 && this.waitingHolders() === this.holdings.size) this.unlock();
  }

  /** One waits no more. If it was the first, it may have been in the way of others. */
  leave(suspension: Suspension): void {
    const wasFirst = this.waiters.peek() === suspension;
    this.waiters.remove(suspension);
    if (wasFirst) this.grantInOrder();
  }

  private grantInOrder(): void {
    for (const suspension of this.waiters) if (!this.grantIfFits(suspension)) break;
  }

  private grantIfFits(suspension: Suspension): boolean {
    const fiber = suspension.fiber!;
    if (!this.fits(fiber)) return false;
    this.waiters.remove(suspension);
    return suspension.complete(this.issue(fiber));
  }

  /**
   * All who hold some want more. The one that wants least can finish, and then the others; if there is nothing left to
   * lend it, the one that came last has to give back what it holds.
   */
  private unlock(): void {
    const lent = this.holdings.size > 0 ? LAST_SHARE : 1;
    if (this.used < lent * this.limit) return this.grantLeast();
    if (this.holdings.size === 0) return;
    const last = [...this.waiters].findLast(({ fiber }) => fiber!.holding !== null)!;
    this.waiters.remove(last);
    last.fail(new OverloadError('All descriptors are held by fibers that wait for more. Open fewer at once'));
  }

  private grantLeast(): void {
    const need = (fiber: Fiber): number => this.demandOf(fiber.name) - (fiber.holding?.held ?? 0);
    const [least] = [...this.waiters].sort((a, b) => need(a.fiber!) - need(b.fiber!));
    this.waiters.remove(least!);
    least!.complete(this.issue(least!.fiber!));
  }

  private waitingHolders(): number {
    let waiting = 0;
    for (const { fiber } of this.waiters) if (fiber!.holding !== null) waiting++;
    return waiting;
  }

  private fits(fiber: Fiber): boolean {
    if (this.limit === Infinity || !this.checked || isLocking(fiber)) return true;
    const held = fiber.holding?.held ?? 0;
    const need = Math.max(1, this.demandOf(fiber.name) - held);
    const room = this.limit - this.used;
    // Far from the limit nobody needs to be asked.
    if (this.used + need < this.limit / 2) return true;
    // What others are going to need takes a look at each of them.
    return need <= room && (held > 0 || need + this.pending / 2 <= room);
  }

  private issue(fiber: Fiber): Holding {
    let { holding } = fiber;
    if (holding === null) {
      fiber.more().holding = holding = new Holding(fiber);
      this.holdings.add(holding);
    }
    if (++holding.held > holding.most) holding.most = holding.held;
    this.counted++;
    this.unsettled++;
    fiber.loop.recorder?.descriptors(fiber, 1);
    return holding;
  }

  private learn(kind: string, most: number): void {
    let demand = this.demands.get(kind);
    if (demand === undefined) {
      if (this.demands.size >= MOST_KINDS) return;
      this.demands.set(kind, (demand = new Spread()));
    }
    demand.add(most);
    this.largestDemand = Math.max(most, LEARNING * this.largestDemand);
  }
}

/**
 * It holds a lock, or the fiber does in whose scope it was started, which cannot go on before it. No farther up: of a server
 * that was started under a lock each request would be one.
 */
function isLocking(fiber: Fiber): boolean {
  if (fiber.permits > 0) return true;
  let scope: Scope | null = fiber.scope;
  while (scope !== null && scope.host === fiber) scope = scope.parent;
  return scope !== null && scope.host !== null && scope.host.permits > 0;
}

const MOST_KINDS = 1000;
/** The rest is for what asks nobody, such as logs and name look-ups. */
const LIMIT_SHARE = 0.95;
/** Beyond the limit, for the one that lets the others go on. */
const LAST_SHARE = 1.04;
/** A large demand is forgotten after some hundred fibers. */
const LEARNING = 0.99;

const TAKE: SuspensionKind<DescriptorStock, unknown, Holding> = new SuspensionKind({
  label: new Label('descriptor.take'),
  attempt: (suspension, fiber) => suspension.subject.grant(suspension, fiber),
  arm(suspension) {
    const stock = suspension.subject;
    stock.heldBack++;
    stock.waiters.push(suspension);
    stock.grantWaiting();
    // What others have closed meanwhile only the governor's next look tells.
    suspension.fiber!.loop.governor?.wake();
  },
  abort(suspension) {
    suspension.subject.leave(suspension);
  },
});
