/** Hashing on worker threads, no more jobs at once than there are workers: `node build/examples/worker-pool.js [JOBS]`. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { all, main, scope, semaphore, suspend, type Operation } from 'heddle';

const JOB = `
  const { parentPort } = require('node:worker_threads');
  const { scryptSync } = require('node:crypto');
  parentPort.on('message', (text) => parentPort.postMessage(scryptSync(text, 'salt', 32).toString('hex')));
`;

await main(function* () {
  const jobs = Array.from({ length: Number(process.argv[2] ?? 8) }, (_, i) => `job ${i}`);
  const hashes = yield* scope(function* (work) {
    const idle: Worker[] = [];
    work.defer(() => idle.forEach((worker) => void worker.terminate()));
    const free = semaphore(availableParallelism(), { name: 'workers' });

    function* hash(text: string): Operation<string> {
      using _permit = yield* free.acquire();
      const worker = idle.pop() ?? new Worker(JOB, { eval: true });
      let hashed: string | null = null;
      try {
        return (hashed = yield* ask(worker, text));
      } finally {
        // What has not answered may still do so, and would answer the next one.
        if (hashed === null) void worker.terminate();
        else idle.push(worker);
      }
    }
    return yield* all(jobs.map(hash));
  });
  for (const hash of hashes) console.log(hash);
});

function ask(worker: Worker, message: string): Operation<string> {
  return suspend<string>((resume) => {
    worker.once('message', resume).once('error', resume.fail);
    worker.postMessage(message);
    return () => worker.off('message', resume).off('error', resume.fail);
  }, 'worker');
}
