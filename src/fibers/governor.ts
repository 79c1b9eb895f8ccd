import { asFiber } from './as-fiber.js';
import { captureContext, type AsyncContext } from './async-context.js';
import { current } from './current.js';
import type { Fiber } from './fiber.js';
import type { BlockingPoint } from './recorder.js';

/**
 * Port: who decides when new work may begin, so that the resources suffice for it. `resources/` has the one for servers. It
 * costs nothing until an entry is opened.
 */
export interface Governor {
  /** Opens a place where new work comes in. Throws `ArgumentError`. */
  open(options: EntryOptions): Entry;
  /** For how long crowds of ready fibers may run within one poll for events, in ms; a slice of them always may. */
  readonly pollMs: number;
  /** Whether few ready fibers may, too: no events are waited for that could be worth more than what is ready. */
  readonly pollsRarely: boolean;
  /**
   * A pass is about to begin, at `now` of the loop's clock. True to skip it, so that the event loop gets one more turn: Node
   * accepts one connection in each.
   */
  passesBy(now: number): boolean;
  /** A pass has ended. */
  passed(now: number): void;
  /** Something needs its attention, such as a fiber that waits for a descriptor. */
  wake(): void;
  /** A run of `fiber` that began at `from` has allocated `bytes` on V8's heap. */
  allocated(fiber: Fiber, from: BlockingPoint, bytes: number): void;
}

export interface EntryOptions {
  /** How snapshots and errors call it: `http :8080`. */
  readonly name: string;
  /** How long a request may take, in ms, before its answer is worthless to whoever asked. */
  readonly goal: number;
  /** Work waits for as long as it takes, instead of being refused. False unless given. */
  readonly patient?: boolean;
  /**
   * How many connections the kernel keeps for it until they are accepted, at first. An entry without it does not get its work
   * by connections.
   */
  readonly backlog?: number;
  /** Changes the backlog. Without it the backlog is fixed. */
  readonly resizeBacklog?: (size: number) => void;
  /** How many clients there are, each of which asks again only once it has been answered. Unknown unless given. */
  readonly clients?: () => number;
}

/** A place where new work comes in: a listening server, a consumer of a queue. */
export interface Entry {
  /** Calls `work.begin` or `work.refuse` exactly once, now or later, unless the work is withdrawn before. */
  offer(work: Work): void;
  /** Whoever asked for it has gone. No effect on work that has begun or has been refused. */
  withdraw(work: Work): void;
  /** A connection has arrived, which will bring work. */
  arrived(): void;
  /** What had arrived was turned away before it brought work. */
  turnedAway(reason: string): void;
  /** Refuses what waits, and what comes later. */
  close(): void;
}

/** Work that asks to be let in. */
export abstract class Work {
  /** What it is, in a few words: `GET /search`. What work costs is predicted from earlier work of its kind. */
  readonly kind: string;
  /** Its share of the processor relative to other work; 1 for ordinary work. Above 1 it is let in at once, within bounds. */
  readonly priority: number;
  /** Whether it is the first on its connection, which then stood in the kernel's queue. */
  readonly isFirst: boolean;
  /** Processor time that it takes to send a refusal, in ms. */
  readonly answerMs: number = 0;
  /** When it was offered, in ms of the loop's clock. Set by the entry. */
  since: number = 0;
  /** Whether it stands in the entry's queue. Set by the entry. */
  waits: boolean = false;
  /** Of work that waits: who asked, and in which async context. */
  private asker: Fiber | null = null;
  private context: AsyncContext | null = null;

  constructor(kind: string, priority: number, isFirst: boolean) {
    this.kind = kind;
    this.priority = priority;
    this.isFirst = isFirst;
  }

  /** For the entry: it has to wait, and may be let in long afterwards, by the action of another fiber. */
  keepContext(): void {
    this.asker = current.fiber;
    this.context = captureContext();
  }

  /** For the entry: begins work that has waited, as a child of the fiber that asked, in the async context in which it came. */
  beginInContext(admitted: Admitted): void {
    asFiber(this.asker, () => {
      if (this.context === null) this.begin(admitted);
      else this.context.call(() => this.begin(admitted));
    });
    this.leave();
  }

  /** For the entry: it waits no more. */
  leave(): void {
    if (this.context !== null) this.context.end();
  }

  /** Starts a fiber for it under the name of `admitted.body`, by which the blocking graph knows its kind. */
  abstract begin(admitted: Admitted): void;
  /** Tells whoever asked. */
  abstract refuse(refusal: Refusal): void;
}

export interface Admitted {
  /** A function that has the kind as its name, and is not called. */
  readonly body: Function;
  /** Whether its connection is to be closed with the answer: there are more clients than can be served. */
  readonly isLast: boolean;
  /** To be called when the work has ended, however it did. Further calls do nothing. */
  end(): void;
  /** Instead of `end`, before what is left of it asks anew as work of another kind: of the two only one is under way at a time. */
  moveOn(): void;
}

export interface Refusal {
  /** The resource that it waited for, or another reason. */
  readonly reason: string;
  /** When to try again, in ms. */
  readonly retryAfterMs: number;
  /** There is no processor time left for answering the client once more, or even now: the connection is to be closed. */
  readonly isFinal: boolean;
}
