import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { CompiledModule } from './code-cache.js';
import type { compileSource, ModuleToCompile } from './compile-source.js';

/** What the thread is doing: a number in memory that both threads see. */
export const IDLE = 0;
export const ASKED = 1;
export const ENDED = 2;

/** What the thread begins with. */
export interface ThreadData {
  readonly port: MessagePort;
  readonly state: Int32Array;
}

/** What it answers. On their way errors lose what is special about them, which so comes beside them. */
export interface ThreadAnswer {
  readonly compiled?: CompiledModule;
  readonly failure?: { readonly message: string; readonly stack: string | undefined; readonly code: unknown };
  readonly complaints: readonly string[];
}

/** One module takes some milliseconds. A thread that is silent for so long (ms) has come to grief. */
const PATIENCE = 60_000;

/**
 * Starts a thread that compiles, and is waited for.
 *
 * In the program's own thread the compiler would get in the way of the program: hooks are synchronous, so it would have to
 * be required in the midst of the program's imports, and many Nodes (all of 20 and 22) fail to `require` what is just being
 * imported, and then to import it. A program that uses magic-string would not start. Nor has the compiler's garbage to be
 * collected by the program. It costs 50 ms, once, when something has changed.
 *
 * @returns what compiles in that thread, as `compileSource` does in this one
 */
export function startCompilerThread(): typeof compileSource {
  let thread = start();

  function ask(module: ModuleToCompile): ThreadAnswer {
    // One that has ended for want of work is replaced.
    if (!isAsked(thread, module)) isAsked((thread = start()), module);
    const { port, state } = thread;
    if (Atomics.wait(state, 0, ASKED, PATIENCE) === 'timed-out') throw new Error('the compiler does not answer');
    return receiveMessageOnPort(port)!.message as ThreadAnswer;
  }

  return (module, complain) => {
    const { compiled, failure, complaints } = ask(module);
    for (const message of complaints) complain(new Error(message));
    if (compiled !== undefined) return compiled;
    const { message, stack, code } = failure!;
    const Kind = String(code).endsWith('TYPESCRIPT_SYNTAX') ? SyntaxError : Error;
    throw Object.assign(new Kind(message), { code, stack });
  };
}

function isAsked({ port, state }: ThreadData, module: ModuleToCompile): boolean {
  port.postMessage(module);
  if (Atomics.compareExchange(state, 0, IDLE, ASKED) === ENDED) return false;
  Atomics.notify(state, 0);
  return true;
}

function start(): ThreadData {
  const { port1, port2 } = new MessageChannel();
  const state = new Int32Array(new SharedArrayBuffer(4));
  const workerData: ThreadData = { port: port2, state };
  // Without the program's options: it is not to be compiled itself, nor stopped at by a debugger.
  new Worker(new URL('./compiler-thread-main.js', import.meta.url), {
    workerData,
    transferList: [port2],
    execArgv: [],
  }).unref();
  port1.unref();
  return { port: port1, state };
}
