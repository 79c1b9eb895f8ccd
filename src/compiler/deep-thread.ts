import { Worker } from 'node:worker_threads';
import type { deepWork } from './deep-work.js';
import { PARSER_STACK_MB } from './parser-stack.js';

type DeepWork = typeof deepWork;

/** What the thread is asked. */
export interface Question {
  readonly id: number;
  readonly name: keyof DeepWork;
  readonly args: readonly unknown[];
}

/** What it answers. On their way errors lose what is special about them, which so comes beside them. */
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: { readonly message: string; readonly stack?: string | undefined; readonly code?: unknown };
}

/**
 * Does a work in a thread whose stack is for texts that are nested deeply. One thread is there for all, from the first call on;
 * it keeps no process alive but while it works. Where a program may not have threads (`--permission`), or none with such a
 * stack, it is done in this one.
 *
 * @throws an Error with the message, the stack and the `code` of what was thrown there
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

/** Undefined before it is needed, and after it came to grief; null where there can be none. */
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
    // Without the program's options: nothing in it is for a debugger or another loader.
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
    if (failure === undefined) return resolve(value);
    const { message, stack, code } = failure;
    reject(Object.assign(new Error(message), { stack, code }));
  }

  /** It is out of memory: the next one who asks gets another thread. */
  #fail(error: unknown): void {
    thread = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}
