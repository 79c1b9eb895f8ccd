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
  private readonly goal: number;
  private readonly clients: () => number;
  /** Answers, clients that came or gave up, and the ms for that, while something waited; all decaying. */
  private answered: number = 0;
  private changes: number = 0;
  private ms: number = 0;

  /** @param goal in ms. @param clients that hold a connection. Each waits for its answer before it asks again. */
  constructor(goal: number, clients: () => number) {
    this.goal = goal;
    this.clients = clients;
  }

  /** In `elapsedMs`, all through which something waited, so many were answered, and so many clients came or gave up. */
  tick(answered: number, changes: number, elapsedMs: number): void {
    const kept = keptAfter(elapsedMs);
    this.answered = this.answered * kept + answered;
    this.changes = this.changes * kept + changes;
    this.ms = this.ms * kept + elapsedMs;
  }

  /**
   * @param asking how many requests wait or are being served: more than there are clients if those send several at once.
   * @param kernelStands others wait in the kernel for a connection, nobody knows how many.
   */
  judge(asking: number, kernelStands: boolean): void {
    const { answered } = this;
    const clients = this.clients();
    const fits = clients * this.ms <= SHARE * this.goal * answered;
    const few = asking <= clients && this.changes <= CHANGING * answered;
    this.isBounded = answered > 0 && fits && few && !kernelStands;
  }
}

/** Of the goal: the time in which all have to be answered. It is a mean; some wait longer, and the goal is theirs too. */
const SHARE = 0.6;
/** Clients that come or give up, as a share of the answers. */
const CHANGING = 0.2;
