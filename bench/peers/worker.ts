import { once } from 'node:events';
import { Worker, isMainThread, workerData } from 'node:worker_threads';

/** What a worker of the `worker_threads` subjects does: take turns over shared memory, or wait until it is terminated. */
export type WorkerRole = { readonly role: 'turns'; readonly turn: Int32Array } | { readonly role: 'parked' };

/** Resolves when the worker runs. */
export async function startWorker(data: WorkerRole): Promise<Worker> {
  const worker = new Worker(new URL(import.meta.url), { workerData: data });
  await once(worker, 'online');
  return worker;
}

/** In `turn`: whose turn it is. The main thread is 0, the worker 1; 2 ends the game. */
export function passTurn(turn: Int32Array, from: 0 | 1): void {
  Atomics.store(turn, 0, 1 - from);
  Atomics.notify(turn, 0);
  Atomics.wait(turn, 0, 1 - from);
}

if (!isMainThread) {
  const data = workerData as WorkerRole;
  if (data.role === 'parked') setInterval(() => {}, 2 ** 30);
  else {
    Atomics.wait(data.turn, 0, 0);
    while (Atomics.load(data.turn, 0) === 1) passTurn(data.turn, 1);
  }
}
