import { parentPort } from 'node:worker_threads';
import type { Answer, Question } from './deep-thread.js';
import { deepWork } from './deep-work.js';
import { toFailure } from './failure.js';

/** Entry point of the thread behind `inDeepThread`. */

const port = parentPort!;

port.on('message', (question: Question) => {
  void answer(question).then((given) => port.postMessage(given));
});

async function answer({ id, name, args }: Question): Promise<Answer> {
  try {
    const work = deepWork[name] as (...args: readonly unknown[]) => unknown;
    return { id, value: await work(...args) };
  } catch (error) {
    return { id, failure: toFailure(error) };
  }
}
