import { workerData } from 'node:worker_threads';

/** Computes for as many milliseconds as it is told. */
const end = performance.now() + (workerData as number);
while (performance.now() < end);
