/**
 * Whether all clients could be answered in time if each asked at once. Who keeps a connection asks again only when it has an
 * answer, so that no more wait than there are, however fast they ask: a closed system (Schroeder, Wierman and Harchol-Balter,
 * "Open Versus Closed", NSDI 2006). What waits is then no overload, and to refuse it helps nobody. Where clients come and go
 * the system is open, and how many there are now says nothing of how long the queue is going to be.
 */
export class ClosedLoop {
  /** Whether what waits will be answered in time, in the order in which it came. */
  isBounded: boolean = false;
  private readonly goal: number;
  private readonly clients: () => number;
  /** What was answered, clients that came or went, and the ms for that, while something waited. What was before counts for less. */
  private answered: number = 0;
  private changes: number = 0;
  private ms: number = 0;

  /** @param goal in ms. @param clients that hold a connection. Each waits for its answer before it asks again. */
  constructor(goal: number, clients: () => number) {
    this.goal = goal;
    this.clients = clients;
  }

  /** In `elapsedMs`, in which something waited all the time, so many were answered, and so many clients have come or given up. */
  tick(answered: number, changes: number, elapsedMs: number): void {
    const kept = KEPT ** (elapsedMs / KEPT_MS);
    this.answered = this.answered * kept + answered;
    this.changes = this.changes * kept + changes;
    this.ms = this.ms * kept + elapsedMs;
  }

  /**
   * @param asking how many wait or are being answered: more than there are clients if those send several requests at once.
   * @param kernelStands others wait for a connection, nobody knows how many.
   */
  judge(asking: number, kernelStands: boolean): void {
    const { answered } = this;
    const clients = this.clients();
    const fits = clients * this.ms <= SHARE * this.goal * answered;
    const few = asking <= clients && this.changes <= CHANGING * answered;
    this.isBounded = answered > 0 && fits && few && !kernelStands;
  }
}

/** Of what was counted before, for each so many ms. */
const KEPT = 0.8;
const KEPT_MS = 100;
/** Of the goal: the time in which all have to be answered. Some wait longer than the mean of them, and the goal is theirs too. */
const SHARE = 0.6;
/** Of the answers: clients that come or give up. */
const CHANGING = 0.2;
