import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { ModuleToCompile } from './compile-source.js';
import { ASKED, ENDED, IDLE, type ThreadAnswer, type ThreadData } from './compiler-thread.js';

/** What runs in the thread that compiles: it answers until nobody has asked for this long (ms). */
const PATIENCE = 2000;

const { port, state } = workerData as ThreadData;

// Whatever goes wrong is an answer: who asks would wait for ever.
const compiler = await import('./compile-source.js').catch((error: Error) => error);

for (;;) {
  if (Atomics.load(state, 0) === ASKED) {
    port.postMessage(answer(receiveMessageOnPort(port)!.message as ModuleToCompile));
    Atomics.store(state, 0, IDLE);
    Atomics.notify(state, 0);
  } else if (Atomics.wait(state, 0, IDLE, PATIENCE) === 'timed-out') {
    if (Atomics.compareExchange(state, 0, IDLE, ENDED) === IDLE) break;
  }
}

function answer(module: ModuleToCompile): ThreadAnswer {
  const complaints: string[] = [];
  try {
    if (compiler instanceof Error) throw compiler;
    return { compiled: compiler.compileSource(module, (error) => complaints.push(messageOf(error))), complaints };
  } catch (error) {
    const { message, stack, code } = error as NodeJS.ErrnoException;
    return { failure: { message, stack, code }, complaints };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
