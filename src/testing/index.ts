/** The door `heddle/testing`: virtual time, shuffled schedules, connections in memory. */
export type { Leaf } from '../fibers/operation.js';
export { Random } from '../base/random.js';
export { connectionPair } from './connection-pair.js';
export type { Faults } from './memory-connection.js';
export { sameEvents, type ExpectedEvents } from './same-events.js';
export { ShuffledRunQueue } from './shuffled-run-queue.js';
export { simulate, simulateMany, type SimulateOptions, type World } from './simulate.js';
export { VirtualClock } from './virtual-clock.js';
