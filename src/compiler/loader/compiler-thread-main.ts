import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { toFailure } from '../failure.js';
import type { ModuleToCompile } from './compile-source.js';
import { ANSWERED, ASKED, ENDED, type ThreadAnswer, type ThreadData } from './compiler-thread.js';
import { LookAhead } from './look-ahead.js';

/** Entry point of the thread that compiles. It ends when nobody has asked for this long (ms). */
const PATIENCE = 2000;

const { port, state, prospect } = workerData as ThreadData;

// A failure has to become an answer: whoever asks would wait for ever.
const compiler = await import('./compile-source.js').catch((error: Error) => error);

const ahead = prospect && new LookAhead(prospect, answer);

for (let answered = 0; ; answered++) {
  while (Atomics.load(state, ASKED) === answered && ahead?.step());
  const isIdle = Atomics.wait(state, ASKED, answered, PATIENCE) === 'timed-out';
  if (isIdle && Atomics.compareExchange(state, ASKED, answered, ENDED) === answered) break;
  const module = receiveMessageOnPort(port)!.message as ModuleToCompile;
  port.postMessage(ahead?.take(module) ?? answer(module));
  Atomics.add(state, ANSWERED, 1);
  Atomics.notify(state, ANSWERED);
}

function answer(module: ModuleToCompile): ThreadAnswer {
  const complaints: string[] = [];
  try {
    if (compiler instanceof Error) throw compiler;
    return { compiled: compiler.compileSource(module, (error) => complaints.push(messageOf(error))), complaints };
  } catch (error) {
    return { failure: toFailure(error), complaints };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
