import { OverloadError } from '../base/errors.js';
import { Roster } from '../base/roster.js';
import { Spread } from '../base/spread.js';
import type { Fiber } from './fiber.js';
import { Holding } from './holding.js';
import { Label } from './label.js';
import { lastJoined } from './last-joined.js';
import type { Operation } from './operation.js';
import type { Scope } from './scope.js';
import { Suspension, SuspensionKind } from './suspension.js';
import { WaitList } from './wait-list.js';

/**
 * Open files and sockets: always counted, and limited once a governor knows the system's limit. A fiber that wants one more
 * waits until all that it is still going to need fits, so that whoever has begun can finish: if every fiber held five files and
 * wanted a sixth, none could go on. What a fiber is going to need is what others of its name held at most, less what it holds.
 * Two sorts of fibers never wait: one that holds a lock or a pool slot, since others wait for it, and one that such a fiber
 * waits for.
 */
export class DescriptorStock {
  /** Sockets and files that were counted, and what else was found open. */
  counted: number = 0;
  others: number = 0;
  /** Of those that were counted: files that are being opened or closed, so that nobody knows whether they are open. */
  unsettled: number = 0;
  /** How many may be open. */
  limit: number = Infinity;
  /** Whether fibers may have to wait; otherwise descriptors are only counted. */
  checked: boolean = true;
  /** How often a fiber was held back so far. */
  heldBack: number = 0;
  private readonly holdings: Roster<Holding> = new Roster();
  private readonly demands: Map<string, Spread> = new Map();
  private largestDemand: number = 0;
  readonly waiters: WaitList = new WaitList();

  get used(): number {
    return this.counted + this.others;
  }

  /**
   * Takes over what the system reports: how many may be open, and how many are, including those that nobody counts, such as
   * those of logs and other libraries; null where it does not say. Files that are being opened or closed may or may not be among
   * them, so what others have is known only within bounds. It rarely changes, and is kept as long as it is within them: too low
   * a guess would exceed the system's limit.
   */
  reconcile(systemsLimit: number | null, open: number | null): void {
    this.limit = systemsLimit === null ? Infinity : Math.max(1, Math.floor(systemsLimit * LIMIT_SHARE));
    if (open === null) return;
    const least = Math.max(0, open - this.counted);
    const most = Math.max(0, open - this.counted + this.unsettled);
    this.others = Math.min(Math.max(this.others, least), most);
  }

  /**
   * Waits until there is room for one more and counts it, as being opened until `settled` is called. Throws `OverloadError` if
   * all that hold some wait for more and this fiber has to give way.
   */
  take(): Operation<Holding> {
    return new Suspension<Holding>(TAKE, this, undefined);
  }

  /** Counts `change` more (fewer, if negative) that nobody waited for, such as connections. */
  count(change: number): void {
    this.counted += change;
    if (change < 0 && this.waiters.size > 0) this.grantWaiting();
  }

  /** One that was being opened or closed is now known to be open, closed or never opened. */
  settled(): void {
    this.unsettled--;
  }

  /** An open one is being closed. */
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

  /** How many a fiber of this name is expected to hold at most; 0 if none is known. */
  demandOf(kind: string): number {
    const known = this.demands.get(kind);
    return known === undefined ? 0 : known.mean + 2 * Math.sqrt(known.variance);
  }

  /**
   * Whether there is room for one more connection: what one fiber may need is kept free, or no work that has begun could end.
   */
  get hasRoomForConnection(): boolean {
    return this.used + this.largestDemand <= this.limit;
  }

  get heldByFibers(): number {
    let sum = 0;
    for (const { held } of this.holdings) sum += held;
    return sum;
  }

  /** How many fibers of each name wait. */
  waitingByKind(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { fiber } of this.waiters) counts.set(fiber!.name, (counts.get(fiber!.name) ?? 0) + 1);
    return counts;
  }

  /** How many the fibers of each name hold. */
  heldByKind(): Map<string, number> {
    const sums = new Map<string, number>();
    for (const { fiber, held } of this.holdings) sums.set(fiber.name, (sums.get(fiber.name) ?? 0) + held);
    return sums;
  }

  /** What fibers that hold some are still going to need. */
  get pending(): number {
    let sum = 0;
    for (const { fiber, held } of this.holdings)
      if (!fiber.hasEnded) sum += Math.max(0, this.demandOf(fiber.name) - held);
    return sum;
  }

  /** False if it has to wait. */
  grant(suspension: Suspension<Holding>, fiber: Fiber): boolean {
    return this.fits(fiber) && suspension.finish(this.issue(fiber));
  }

  /** Something has changed: grants to those for whom there is room, first to those that hold some already. */
  grantWaiting(): void {
    if (this.waiters.size === 0) return;
    for (const suspension of this.waiters) if (suspension.fiber!.holding !== null) this.grantIfFits(suspension);
    this.grantInOrder();
    if (this.waiters.size > 0) this.unlock();
  }

  /** One no longer waits. If it was the first, it may have been in the way of others. */
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
   * Where nobody is going to give any back before one that waits goes on, the one that needs least is lent one, so that it can
   * finish, and then the others. If there is nothing left to lend, the last of them fails, and so gives back what it holds.
   */
  private unlock(): void {
    if (this.holdings.size === 0) {
      if (this.used < this.limit) this.grantLeast([...this.waiters]);
      return;
    }
    const locked = this.locked();
    if (locked.length === 0) return;
    if (this.used < LAST_SHARE * this.limit) return this.grantLeast(locked);
    const last = locked.at(-1)!;
    this.waiters.remove(last);
    last.fail(new OverloadError('All descriptors are held by fibers that wait for more. Open fewer at once'));
  }

  private grantLeast(waiters: Suspension[]): void {
    const need = (fiber: Fiber): number => this.demandOf(fiber.name) - (fiber.holding?.held ?? 0);
    const [least] = waiters.sort((a, b) => need(a.fiber!) - need(b.fiber!));
    this.waiters.remove(least!);
    least!.complete(this.issue(least!.fiber!));
  }

  /**
   * Those that wait and thereby keep others from giving back what they hold; none if some holder can go on. A holder cannot
   * that waits here itself, or for the end of a scope in which another one waits, or joins a fiber that cannot. What a fiber that
   * has ended left open is closed at the end of the scope that it belonged to, or of one around that.
   */
  private locked(): Suspension[] {
    const scopes = new Set<Scope>();
    const joined = new Set<Fiber>();
    for (const holding of this.holdings) {
      const fiber = lastJoined(holding.fiber);
      if (fiber !== holding.fiber) {
        if (fiber.hasEnded) return [];
        joined.add(fiber);
      }
      if (fiber.isWaiting && (fiber.suspension as Suspension).subject === this) continue;
      let { scope } = fiber;
      if (fiber.hasEnded) while (scope.closed && scope.parent !== null) scope = scope.parent;
      else if (scope.host !== fiber || !scope.isEnding) return [];
      scopes.add(scope);
    }
    const locked: Suspension[] = [];
    const others = new Set(scopes);
    for (const suspension of this.waiters) {
      const fiber = suspension.fiber!;
      let isInvolved = fiber.holding !== null || joined.has(fiber);
      for (let scope: Scope | null = fiber.scope; scope !== null && scopes.size > 0; scope = scope.parent) {
        if (!scopes.has(scope)) continue;
        isInvolved = true;
        others.delete(scope);
      }
      if (isInvolved) locked.push(suspension);
    }
    return others.size === 0 ? locked : [];
  }

  private fits(fiber: Fiber): boolean {
    if (this.limit === Infinity || !this.checked || isLocking(fiber)) return true;
    const held = fiber.holding?.held ?? 0;
    const need = Math.max(1, this.demandOf(fiber.name) - held);
    const room = this.limit - this.used;
    // Far from the limit the others need not be asked.
    if (this.used + need < this.limit / 2) return true;
    // `pending` looks at each fiber that holds some.
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
 * Whether it holds a lock, or the fiber does that has its scope open and cannot go on before it ends. No farther up: in a server
 * that was started under a lock every request would count.
 */
function isLocking(fiber: Fiber): boolean {
  if (fiber.permits > 0) return true;
  let scope: Scope | null = fiber.scope;
  while (scope !== null && scope.host === fiber) scope = scope.parent;
  return scope !== null && scope.host !== null && scope.host.permits > 0;
}

const MOST_KINDS = 1000;
/** Of the system's limit. The rest is for what is opened without asking, such as logs and name look-ups. */
const LIMIT_SHARE = 0.95;
/** Of the limit: what is lent beyond it, to the fiber that lets the others go on. */
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
    // What others have closed meanwhile is seen only when the governor looks next.
    suspension.fiber!.loop.governor?.wake();
  },
  abort(suspension) {
    suspension.subject.leave(suspension);
  },
});
