import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { fromFailure, type Failure } from '../failure.js';
import { PARSER_STACK_MB } from '../parser-stack.js';
import type { CompiledModule } from './code-cache.js';
import type { ModuleToCompile } from './compile-source.js';
import type { Prospect } from './look-ahead.js';
import type { Compiler } from './module-compiler.js';

/** What the thread is started with. */
export interface ThreadData {
  readonly port: MessagePort;
  /** Two counters in shared memory, at `ASKED` and `ANSWERED`. */
  readonly state: Int32Array;
  /** What to compile ahead while nobody asks. */
  readonly prospect: Prospect | undefined;
}

/** How many modules have been asked for, or `ENDED` once the thread is gone, for want of work or because it failed. */
export const ASKED = 0;
export const ENDED = -1;
/** How many have been answered, in the order of the questions. */
export const ANSWERED = 1;

/** Its reply. */
export interface ThreadAnswer {
  readonly compiled?: CompiledModule;
  readonly failure?: Failure;
  readonly complaints: readonly string[];
}

type Answered = (answer: ThreadAnswer) => void;

/** One module takes some milliseconds. A thread that is silent for this long (ms) is taken for dead. */
const PATIENCE = 60_000;

/**
 * Starts a thread that compiles.
 *
 * In the program's own thread the compiler would get in the program's way. Hooks are synchronous, so it would have to be
 * required in the middle of the program's imports, and many Nodes (all of 20 and 22) fail to `require` a module that is
 * just being imported, and then to import it: a program that uses magic-string would not start. Here, the program's thread
 * does not have to collect the compiler's garbage either, and callers that can wait load other modules meanwhile. It costs
 * 50 ms, once, when something has changed.
 *
 * @param prospect what to compile ahead, before anybody asks
 * @returns what compiles in that thread, as `compileSource` does in the calling one
 */
export function startCompilerThread(prospect?: Prospect): Compiler {
  let thread = new CompilerThread(prospect);

  function ask(module: ModuleToCompile, answered: Answered): void {
    // A thread that has ended is replaced.
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

/** The asking side of a thread. */
class CompilerThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #state = new Int32Array(new SharedArrayBuffer(8));
  /** Who waits, in the order of the questions; the answers come in the same order. */
  readonly #waiting: Answered[] = [];

  constructor(prospect?: Prospect) {
    const { port1, port2 } = new MessageChannel();
    const workerData: ThreadData = { port: port2, state: this.#state, prospect };
    // Without the program's `execArgv`: the compiler is not to be compiled itself, nor stopped by a debugger.
    const main = new URL('./compiler-thread-main.js', import.meta.url);
    const resourceLimits = { stackSizeMb: PARSER_STACK_MB };
    // It prints nothing. Yet if its output were piped into the program's, as by default, `console.log` would end a program
    // whose reader has gone.
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
    // Perhaps nothing else keeps a process alive that is still loading its modules.
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

  /** The thread is taken for dead: the next question starts another. */
  #fail(reason: string): void {
    Atomics.store(this.#state, ASKED, ENDED);
    void this.#worker.terminate();
    while (this.#waiting.length > 0) this.#take({ failure: { message: `the compiler: ${reason}` }, complaints: [] });
  }
}

function unwrap({ compiled, failure, complaints }: ThreadAnswer, complain: (error: unknown) => void): CompiledModule {
  for (const message of complaints) complain(new Error(message));
  if (compiled !== undefined) return compiled;
  throw fromFailure(failure!);
}
