/**
 * Whether all clients could be answered in time if each asked at once. Who keeps a connection asks again only when it has an
 * answer, so that no more wait than there are, however fast they ask: a closed system (Schroeder, Wierman and Harchol-Balter,
 * "Open Versus Closed", NSDI 2006). What waits is then no overload, and to refuse it helps nobody. New connections are the
 * open part: they take what they come to off the rate of answers.
 */
export class ClosedLoop {
  /** Whether what waits will be answered in time, in the order in which it came. */
  isBounded: boolean = false;
  private readonly goal: number;
  private readonly clients: () => number;
  /** What was answered, connections that came, and the ms for that, while something waited. What was before counts for less. */
  private answered: number = 0;
  private opened: number = 0;
  private ms: number = 0;

  /** @param goal in ms. @param clients that hold a connection. Each waits for its answer before it asks again. */
  constructor(goal: number, clients: () => number) {
    this.goal = goal;
    this.clients = clients;
  }

  /**
   * In `elapsedMs`, in which something waited all the time, so many pieces of work have ended, and so many connections more have
   * come than were sent away to come again.
   */
  tick(answered: number, opened: number, elapsedMs: number): void {
    const kept = KEPT ** (elapsedMs / KEPT_MS);
    this.answered = this.answered * kept + answered;
    this.opened = this.opened * kept + opened;
    this.ms = this.ms * kept + elapsedMs;
  }

  /**
   * @param asking how many wait or are being answered: more than there are clients if those send several requests at once.
   * @param connecting how many wait for a connection.
   */
  judge(asking: number, connecting: number): void {
    const clients = this.clients();
    const ms = (this.ms * (clients + connecting)) / (this.answered - Math.max(0, this.opened));
    this.isBounded = asking <= clients && ms > 0 && ms <= SHARE * this.goal;
  }
}

/** Of what was counted before, for each so many ms. */
const KEPT = 0.8;
const KEPT_MS = 100;
/** Of the goal: the time in which all have to be answered. Some wait longer than the mean of them, and the goal is theirs too. */
const SHARE = 0.7;
