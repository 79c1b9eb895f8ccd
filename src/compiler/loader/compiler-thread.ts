import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { PARSER_STACK_MB } from '../parser-stack.js';
import type { CompiledModule } from './code-cache.js';
import type { ModuleToCompile } from './compile-source.js';
import type { Prospect } from './look-ahead.js';
import type { Compiler } from './module-compiler.js';

/** What the thread begins with. */
export interface ThreadData {
  readonly port: MessagePort;
  /** Two numbers in memory that both threads see, at `ASKED` and `ANSWERED`. */
  readonly state: Int32Array;
  /** What it does while nobody asks. */
  readonly prospect: Prospect | undefined;
}

/** How many modules have been asked for, or `ENDED` if the thread has gone for want of work. */
export const ASKED = 0;
export const ENDED = -1;
/** How many have been answered for, in the same order. */
export const ANSWERED = 1;

/** What it answers. On their way errors lose what is special about them, which so comes beside them. */
export interface ThreadAnswer {
  readonly compiled?: CompiledModule;
  readonly failure?: { readonly message: string; readonly stack?: string | undefined; readonly code?: unknown };
  readonly complaints: readonly string[];
}

type Answered = (answer: ThreadAnswer) => void;

/** One module takes some milliseconds. A thread that is silent for so long (ms) has come to grief. */
const PATIENCE = 60_000;

/**
 * Starts a thread that compiles.
 *
 * In the program's own thread the compiler would get in the way of the program: hooks are synchronous, so it would have to
 * be required in the midst of the program's imports, and many Nodes (all of 20 and 22) fail to `require` what is just being
 * imported, and then to import it. A program that uses magic-string would not start. Nor has the compiler's garbage to be
 * collected by the program; and who can wait loads other modules meanwhile. It costs 50 ms, once, when something has
 * changed.
 *
 * @param prospect what it is to look at before anybody asks
 * @returns what compiles in that thread, as `compileSource` does in this one
 */
export function startCompilerThread(prospect?: Prospect): Compiler {
  let thread = new CompilerThread(prospect);

  function ask(module: ModuleToCompile, answered: Answered): void {
    // One that has ended is replaced.
    while (!thread.isAsked(module, answered)) thread = new CompilerThread();
  }

  return {
    compile(module, complain) {
      let answer: ThreadAnswer | undefined;
      ask(module, (given) => (answer = given));
      thread.wait();
      return unwrap(answer!, complain);
    },
    async compileLater(module, complain) {
      return unwrap(await new Promise<ThreadAnswer>((resolve) => ask(module, resolve)), complain);
    },
  };
}

/** A thread, as the one that asks sees it. */
class CompilerThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #state = new Int32Array(new SharedArrayBuffer(8));
  /** Who waits, in the order of the questions, which is that of the answers. */
  readonly #waiting: Answered[] = [];

  constructor(prospect?: Prospect) {
    const { port1, port2 } = new MessageChannel();
    const workerData: ThreadData = { port: port2, state: this.#state, prospect };
    // Without the program's options: it is not to be compiled itself, nor stopped at by a debugger.
    const main = new URL('./compiler-thread-main.js', import.meta.url);
    const resourceLimits = { stackSizeMb: PARSER_STACK_MB };
    // It prints nothing. Were its output piped into the program's, as it else is, `console.log` would end a program whose
    // reader has gone.
    const options = { workerData, transferList: [port2], execArgv: [], resourceLimits, stdout: true };
    this.#worker = new Worker(main, options);
    this.#worker.on('error', ({ message }) => this.#fail(message)).unref();
    this.#port = port1.on('message', (answer: ThreadAnswer) => this.#take(answer));
    port1.unref();
  }

  /** @returns false if the thread has ended */
  isAsked(module: ModuleToCompile, answered: Answered): boolean {
    const asked = Atomics.load(this.#state, ASKED);
    if (asked === ENDED) return false;
    this.#port.postMessage(module);
    if (Atomics.compareExchange(this.#state, ASKED, asked, asked + 1) === ENDED) return false;
    Atomics.notify(this.#state, ASKED);
    this.#waiting.push(answered);
    // Nothing else may keep a process alive that has still to load its modules.
    this.#port.ref();
    return true;
  }

  /** Blocks until everything is answered. */
  wait(): void {
    for (;;) {
      const answered = Atomics.load(this.#state, ANSWERED);
      for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port)) {
        this.#take(next.message as ThreadAnswer);
      }
      if (this.#waiting.length === 0) return;
      if (Atomics.wait(this.#state, ANSWERED, answered, PATIENCE) === 'timed-out') this.#fail('it does not answer');
    }
  }

  #take(answer: ThreadAnswer): void {
    const answered = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#port.unref();
    answered?.(answer);
  }

  /** It has come to grief: the next one who asks gets another thread. */
  #fail(reason: string): void {
    Atomics.store(this.#state, ASKED, ENDED);
    void this.#worker.terminate();
    while (this.#waiting.length > 0) this.#take({ failure: { message: `the compiler: ${reason}` }, complaints: [] });
  }
}

function unwrap({ compiled, failure, complaints }: ThreadAnswer, complain: (error: unknown) => void): CompiledModule {
  for (const message of complaints) complain(new Error(message));
  if (compiled !== undefined) return compiled;
  const { message, stack, code } = failure!;
  const Kind = String(code).endsWith('TYPESCRIPT_SYNTAX') ? SyntaxError : Error;
  throw Object.assign(new Kind(message), { code, ...(stack !== undefined && { stack }) });
}
