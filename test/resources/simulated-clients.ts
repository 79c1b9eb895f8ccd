import type { Random } from '#src/base/random.js';
import { Deque } from '#src/base/deque.js';
import type { Job, RequestKind } from './simulated-server.js';

export interface ClientOptions {
  readonly kinds: readonly RequestKind[];
  /** Requests a second, which may change with time in ms. */
  readonly rate: number | ((at: number) => number);
  /** So many more, each of which asks again as soon as it has an answer or has given up, on a connection that it keeps. */
  readonly kept?: number;
  /** How often clients ask again who got no good answer; 0 unless given. */
  readonly retries?: number;
  /** In ms: what the server is told, and how long clients wait whose kind says nothing else; 500 unless given. */
  readonly goal?: number;
}

/** What became of the requests of one kind. */
export class Outcome {
  /** Asked for the first time. */
  offered: number = 0;
  /** Not answered within the deadline; the client has gone. */
  late: number = 0;
  refused: number = 0;
  /** Not even accepted. */
  dropped: number = 0;
  failed: number = 0;
  /** Answers in time: when they came, and how long they took, in ms. */
  readonly good: { readonly at: number; readonly took: number }[] = [];
}

/**
 * Clients that come whether or not the server keeps up (Poisson), give up at their deadline, and may come again.
 */
export class SimulatedClients {
  readonly outcomes: Map<string, Outcome> = new Map();
  readonly kinds: readonly RequestKind[];
  private readonly rate: (at: number) => number;
  private readonly isSteady: boolean;
  private readonly retries: number;
  private readonly keep: boolean;
  private readonly random: Random;
  private readonly goal: number;
  /** By how long they wait at most. */
  private readonly waiting: Map<number, Deque<Job>> = new Map();
  private readonly at: (at: number, happen: () => void) => void;
  private readonly connect: (kind: RequestKind, at: number, attempt: number) => Job | null;
  /** Of all kinds that come at random. */
  private weights: number = 0;
  private stopped: boolean = false;

  /** @param connect sends a request at a time; null if the server's kernel drops it. */
  constructor(
    options: ClientOptions,
    random: Random,
    at: (at: number, happen: () => void) => void,
    connect: (kind: RequestKind, at: number, attempt: number) => Job | null,
  ) {
    const { kinds, rate, kept = 0, retries = 0, goal = 500 } = options;
    this.kinds = kinds;
    this.goal = goal;
    this.isSteady = typeof rate === 'number';
    this.rate = typeof rate === 'number' ? () => rate : rate;
    this.keep = kept > 0;
    this.retries = retries;
    this.random = random;
    this.at = at;
    this.connect = connect;
    for (const kind of kinds) {
      this.outcomes.set(kind.name, new Outcome());
      if (kind.everyMs === undefined) this.weights += kind.weight ?? 1;
      else this.comeRegularly(kind, kind.everyMs, kind.everyMs);
    }
    this.come(0);
    for (let n = 0; n < kept; n++) this.at(n, () => this.ask(this.pick(), n, 0));
  }

  /** No more come. */
  stop(): void {
    this.stopped = true;
  }

  outcomeOf({ name }: RequestKind): Outcome {
    return this.outcomes.get(name)!;
  }

  /** Who has waited for too long goes: `gone` is told. */
  giveUp(now: number, gone: (job: Job) => void): void {
    for (const [deadlineMs, waiting] of this.waiting)
      for (let first = waiting.get(0); first !== undefined; first = waiting.get(0)) {
        if (!first.answered && first.at + deadlineMs > now) break;
        waiting.popFront();
        if (first.answered) continue;
        first.answered = true;
        this.outcomeOf(first.request).late++;
        this.retry(first.request, now, first.attempt);
        gone(first);
      }
  }

  /** An answer has come at `now`. */
  answered(job: Job, how: 'good' | 'refused' | 'failed', now: number): void {
    if (job.answered) return;
    job.answered = true;
    const outcome = this.outcomeOf(job.request);
    const took = now - job.at;
    if (how === 'good' && took <= this.deadlineOf(job.request)) {
      outcome.good.push({ at: now, took });
      if (this.keep) this.askAgain(now);
      return;
    }
    outcome[how === 'good' ? 'late' : how]++;
    this.retry(job.request, now, job.attempt);
  }

  deadlineOf({ deadlineMs, goal }: RequestKind): number {
    return deadlineMs ?? goal ?? this.goal;
  }

  private come(at: number): void {
    const next = this.nextAfter(at);
    if (next === Infinity) return;
    this.at(next, () => {
      if (this.stopped) return;
      this.ask(this.pick(), next, 0);
      this.come(next);
    });
  }

  /** What comes by chance in so short a time that the rate is the same. */
  private nextAfter(at: number): number {
    let expected = -Math.log(1 - this.random.next()) * 1000;
    if (this.isSteady) return at + expected / this.rate(at);
    for (let from = at; ; from += RATE_MS) {
      const rate = this.rate(from);
      if (expected < rate * RATE_MS) return from + expected / rate;
      expected -= rate * RATE_MS;
    }
  }

  private comeRegularly(kind: RequestKind, everyMs: number, at: number): void {
    this.at(at, () => {
      if (this.stopped) return;
      this.ask(kind, at, 0);
      this.comeRegularly(kind, everyMs, at + everyMs);
    });
  }

  private ask(kind: RequestKind, at: number, attempt: number): void {
    const outcome = this.outcomeOf(kind);
    if (attempt === 0) outcome.offered++;
    const job = this.connect(kind, at, attempt);
    const deadlineMs = this.deadlineOf(kind);
    if (job === null) {
      outcome.dropped++;
      return this.retry(kind, at + deadlineMs, attempt);
    }
    let waiting = this.waiting.get(deadlineMs);
    if (waiting === undefined) this.waiting.set(deadlineMs, (waiting = new Deque()));
    waiting.pushBack(job);
  }

  private retry(kind: RequestKind, now: number, attempt: number): void {
    if (this.keep) return this.askAgain(now);
    if (attempt >= this.retries || this.stopped) return;
    const at = now + RETRY_MS * (0.5 + this.random.next());
    this.at(at, () => !this.stopped && this.ask(kind, at, attempt + 1));
  }

  private askAgain(now: number): void {
    const at = now + NETWORK_MS;
    this.at(at, () => !this.stopped && this.ask(this.pick(), at, 0));
  }

  private pick(): RequestKind {
    let at = this.random.next() * this.weights;
    for (const kind of this.kinds) if (kind.everyMs === undefined && (at -= kind.weight ?? 1) < 0) return kind;
    return this.kinds[0]!;
  }
}

const RETRY_MS = 100;
const NETWORK_MS = 0.1;
/** How finely a rate that changes is followed. */
const RATE_MS = 1;
