import { Worker } from 'node:worker_threads';
import type { deepWork } from './deep-work.js';
import { fromFailure, type Failure } from './failure.js';
import { PARSER_STACK_MB } from './parser-stack.js';

type DeepWork = typeof deepWork;

/** A message to the thread. */
export interface Question {
  readonly id: number;
  readonly name: keyof DeepWork;
  readonly args: readonly unknown[];
}

/** Its reply. */
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: Failure;
}

/**
 * Runs a function of `deepWork` in a thread whose stack is large enough for deeply nested sources. One thread serves all
 * calls, from the first one on; it keeps the process alive only while it works. Where threads are not allowed
 * (`--permission`), or one with such a stack cannot be created, the function runs in the calling thread.
 *
 * @throws an Error with the message, the stack and the `code` of what was thrown in that thread
 */
export async function inDeepThread<Name extends keyof DeepWork>(
  name: Name,
  ...args: Parameters<DeepWork[Name]>
): Promise<Awaited<ReturnType<DeepWork[Name]>>> {
  thread ??= start();
  if (thread !== null) {
    try {
      return (await thread.ask(name, args)) as Awaited<ReturnType<DeepWork[Name]>>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_INIT_FAILED') throw error;
      thread = null;
    }
  }
  const work = (await import('./deep-work.js')).deepWork[name] as (...args: unknown[]) => unknown;
  return (await work(...args)) as Awaited<ReturnType<DeepWork[Name]>>;
}

/** Undefined until it is needed, and after it died; null where there can be none. */
let thread: DeepThread | null | undefined;

function start(): DeepThread | null {
  try {
    return new DeepThread();
  } catch {
    return null;
  }
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

class DeepThread {
  readonly #worker: Worker;
  readonly #waiting: Map<number, Waiting> = new Map();
  #asked = 0;

  constructor() {
    // Without the program's `execArgv`: no debugger and no other loader has any business in there.
    const options = { execArgv: [], resourceLimits: { stackSizeMb: PARSER_STACK_MB } };
    this.#worker = new Worker(new URL('./deep-thread-main.js', import.meta.url), options);
    this.#worker.on('message', (answer: Answer) => this.#take(answer)).on('error', (error) => this.#fail(error));
    this.#worker.unref();
  }

  ask(name: keyof DeepWork, args: readonly unknown[]): Promise<unknown> {
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      this.#worker.postMessage({ id, name, args } satisfies Question);
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
    });
  }

  #take({ id, value, failure }: Answer): void {
    const { resolve, reject } = this.#waiting.get(id)!;
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (failure === undefined) resolve(value);
    else reject(fromFailure(failure));
  }

  /** The thread died, for want of memory say: the next call starts another. */
  #fail(error: unknown): void {
    thread = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}
