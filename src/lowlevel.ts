/** The door `heddle/lowlevel`: for authors of new blocking operations, run queues, clocks and machines. */
export { Label, type WaitKind } from './fibers/label.js';
export { ReadyList } from './fibers/ready-list.js';
export type { BlockingPoint } from './fibers/recorder.js';
export type { RunQueue } from './fibers/run-queue.js';
export { Suspension, SuspensionKind } from './fibers/suspension.js';
export { WaitList } from './fibers/wait-list.js';
export type { Clock } from './base/clock.js';
export type { Fiber } from './fibers/fiber.js';
export type { Heap, Machine } from './resources/machine.js';
