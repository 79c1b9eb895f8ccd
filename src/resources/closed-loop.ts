import { Ewma } from '../base/ewma.js';
import { keptAfter } from './kept-after.js';

/**
 * Whether all clients could be answered in time if each asked at once. A client that keeps its connection asks again only when
 * it has an answer, so no more requests wait than there are clients, however fast they ask: a closed system (Schroeder, Wierman
 * and Harchol-Balter, "Open Versus Closed", NSDI 2006). What waits is then no overload, and refusing it helps nobody. Where
 * clients come and go the system is open, and their number now says nothing about how long the queue is going to be.
 */
export class ClosedLoop {
  /** Whether what waits will be answered in time, in the order in which it came. */
  isBounded: boolean = false;
  /**
   * Whether the clients that are connected already leave nothing for those that wait in the kernel, and more come than can be
   * refused. To accept those, and refuse others for that, costs processor time, and nobody more is answered.
   */
  isSaturated: boolean = false;
  private readonly goal: number;
  private readonly clients: () => number;
  /** Answers, clients that came or gave up, and the ms for that, while something waited; all decaying. */
  private answered: number = 0;
  private changes: number = 0;
  private ms: number = 0;
  /** Since the last `judge`: requests on connections that were used before, and answers after which these stayed open. */
  private againNow: number = 0;
  private keptNow: number = 0;
  /** Requests that came on a connection for each answer after which it stayed open. */
  private readonly reuse: Ewma = new Ewma();
  /** How often to look before refusals are tried again. */
  private silentLooks: number = 0;
  /** How many connections are to be closed with an answer. */
  private surplus: number = 0;

  /** @param goal in ms. @param clients that hold a connection. Each waits for its answer before it asks again. */
  constructor(goal: number, clients: () => number) {
    this.goal = goal;
    this.clients = clients;
  }

  /** Whether refusing at once what is too much took too much of the processor, a short time ago. */
  get isCostly(): boolean {
    return this.silentLooks > 0;
  }

  /** A request has come. */
  asked(isFirst: boolean): void {
    if (!isFirst) this.againNow++;
  }

  /** A request was answered, and its client may send another one. */
  kept(): void {
    this.keptNow++;
  }

  /** Whether the connection of the next answer is to be closed with it; to be asked once for each. */
  sheds(): boolean {
    if (this.surplus < 1) return false;
    this.surplus--;
    return true;
  }

  /** In `elapsedMs`, all through which something waited, so many were answered, and so many clients came or gave up. */
  tick(answered: number, changes: number, elapsedMs: number): void {
    const kept = keptAfter(elapsedMs);
    this.answered = this.answered * kept + answered;
    this.changes = this.changes * kept + changes;
    this.ms = this.ms * kept + elapsedMs;
  }

  /**
   * To be called some times a second.
   *
   * @param waiting how many requests wait to be let in; with those that are `live` more than there are clients if these send several
   *   at once.
   * @param waitingMs what those that wait need at least, by their kinds: one that comes rarely, and takes long, shows in no mean.
   * @param kernelStands others wait in the kernel for a connection, nobody knows how many.
   * @param isCostly to refuse what is too much, on connections that stay open, takes too much of the processor.
   */
  judge(waiting: number, waitingMs: number, live: number, kernelStands: boolean, isCostly: boolean): void {
    const { answered } = this;
    if (this.keptNow > 0) this.reuse.add(this.againNow / this.keptNow);
    this.againNow = this.keptNow = 0;
    const clients = this.clients();
    const keeps = this.reuse.value >= (this.isSaturated ? STILL_REUSED : REUSED);
    const isClosed = answered > 0 && waiting + live <= clients;
    const isBusy = kernelStands && waiting + live >= BUSY * clients;
    // By Little's law work takes as long as it takes to answer as many as are live.
    const isQuick = live <= this.answeredWithin(QUICK_SHARE);
    this.silentLooks = isCostly ? SILENT_LOOKS : Math.max(this.silentLooks - 1, 0);
    this.isSaturated = isClosed && keeps && isBusy && isQuick && this.isCostly;
    const few = this.changes <= CHANGING * answered && !kernelStands;
    const fits = clients <= this.answeredWithin(SHARE) && waitingMs <= SHARE * this.goal;
    this.isBounded = isClosed && fits && (few || this.isSaturated);
    this.surplus = this.isSaturated ? waiting - this.answeredWithin(SATURATED_SHARE) : 0;
  }

  /** How many are answered within a share of the goal. */
  private answeredWithin(share: number): number {
    return (share * this.goal * this.answered) / this.ms;
  }
}

/** Of the goal: the time in which all have to be answered. It is a mean; some wait longer, and the goal is theirs too. */
const SHARE = 0.6;
/** The same for those that wait to be let in, where connections are closed so that no more remain. */
const SATURATED_SHARE = 0.2;
/** And for those that are let in. What takes longer has to wait for something, and needs more connections than that. */
const QUICK_SHARE = 0.3;
/** Clients that come or give up, as a share of the answers. */
const CHANGING = 0.2;
/** Requests that follow an answer on its connection, for each; and from then on. Some of its clients give up. */
const REUSED = 0.5;
const STILL_REUSED = 0.3;
/** Of the clients: so many wait for an answer at once. Beside many that rest, to close connections would cost new ones. */
const BUSY = 0.7;
/** Half a minute: for a second there are too many refusals then, if they still are too many. */
const SILENT_LOOKS = 300;
