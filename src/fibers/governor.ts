import { asFiber } from './as-fiber.js';
import { captureContext, type AsyncContext } from './async-context.js';
import { current } from './current.js';
import type { Fiber } from './fiber.js';
import type { BlockingPoint } from './recorder.js';

/**
 * Port: who keeps the work that is begun in step with what there is to do it with. `resources/` has the one that a
 * server wants. It costs nothing until an entry is opened.
 */
export interface Governor {
  /** Opens a place where new work comes in. Throws `ArgumentError`. */
  open(options: EntryOptions): Entry;
  /**
   * A pass is about to begin, at `now` of the loop's clock. True if it is to be left out, so that the outside world gets
   * one more turn: Node accepts one connection in each.
   */
  passesBy(now: number): boolean;
  /** A pass has ended. */
  passed(now: number): void;
  /** Something happens that it is to look after, such as a fiber that waits for a descriptor. */
  wake(): void;
  /** A run of `fiber` from `from` has allocated so many bytes on the heap. */
  allocated(fiber: Fiber, from: BlockingPoint, bytes: number): void;
}

export interface EntryOptions {
  /** How snapshots and errors call it: `http :8080`. */
  readonly name: string;
  /** How long a request may take, in ms, before its answer is worth nothing to who asked. */
  readonly goal: number;
  /** Work waits for as long as it takes, instead of being refused. False unless given. */
  readonly patient?: boolean;
  /**
   * How many connections the kernel keeps for it until they are accepted; 64 at first unless given. Work comes on connections
   * where this or `resizeBacklog` is given.
   */
  readonly backlog?: number;
  /** Changes that. Without it the number is as it is. */
  readonly resizeBacklog?: (size: number) => void;
  /** How many there are who ask, each again only when it has been answered. Without it nobody knows. */
  readonly clients?: () => number;
}

/** A place where new work comes in: a listening server, a consumer of a queue. */
export interface Entry {
  /** Calls `work.begin` or `work.refuse`, exactly once, now or later, unless it is withdrawn before. */
  offer(work: Work): void;
  /** Whoever asked for it has gone. No effect on work that has begun or was refused. */
  withdraw(work: Work): void;
  /** Something has arrived (a connection) that will bring work. */
  arrived(): void;
  /** What had arrived was turned away before it brought work. */
  turnedAway(reason: string): void;
  /** Refuses what waits, and what comes later. */
  close(): void;
}

/** Work that asks to be let in. */
export abstract class Work {
  /** What it is, in few words: `GET /search`. Work of one kind is predicted from how its like went before. */
  readonly kind: string;
  /** Its share of the processor in relation to others; 1 for ordinary work. Above 1 it does not wait to be let in. */
  readonly priority: number;
  /** Whether nothing came before it on its connection: then it stood in the kernel's queue. */
  readonly isFirst: boolean;
  /** Processor time that it takes to tell whoever asked that it was refused, in ms. */
  readonly answerMs: number = 0;
  /** When it was offered, in ms of the loop's clock. The entry's. */
  since: number = 0;
  /** The entry's. */
  waits: boolean = false;
  /** Who asked, and in which async context: it may be let in long after it came, and by somebody else's doing. */
  private readonly asker: Fiber | null = current.fiber;
  private readonly context: AsyncContext | null = captureContext();

  constructor(kind: string, priority: number, isFirst: boolean) {
    this.kind = kind;
    this.priority = priority;
    this.isFirst = isFirst;
  }

  /** The entry's: begins it as a child of who asked, in the async context in which it came. */
  beginInContext(admitted: Admitted): void {
    asFiber(this.asker, () => {
      if (this.context === null) this.begin(admitted);
      else this.context.call(() => this.begin(admitted));
    });
    this.leave();
  }

  /** The entry's: it was refused or withdrawn. */
  leave(): void {
    if (this.context !== null) this.context.end();
  }

  /** Starts a fiber for it, as a fiber of `body`, by which the blocking graph knows its kind. */
  abstract begin(admitted: Admitted): void;
  /** Tells whoever asked. */
  abstract refuse(refusal: Refusal): void;
}

export interface Admitted {
  /** A function that has the kind as its name, and is not called. */
  readonly body: Function;
  /** To be called once, when the work has ended, however it did. */
  end(): void;
}

export interface Refusal {
  /** The resource that it waited for, or why else. */
  readonly reason: string;
  /** When to try again, in ms. */
  readonly retryAfterMs: number;
  /** There is no processor time left for being asked again at once, or even for an answer: the connection is to be closed. */
  readonly isFinal: boolean;
}
