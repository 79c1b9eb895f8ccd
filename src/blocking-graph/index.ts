/** The door `heddle/snapshot`: snapshots as data, independent of the runtime. */
export { add } from './add.js';
export { findImbalances, hotNodes, longestWaits, longRuns, type RankedNode } from './analysis.js';
export { describeDeadlocks, findDeadlocks, type StuckFiber } from './deadlocks.js';
export { parseSnapshot } from './parse-snapshot.js';
export { predictRemaining, type NodeRemaining, type Remaining, type RemainingDemand } from './remaining.js';
export { formats, render, type Format } from './render/render.js';
export * from './snapshot.js';
export { subtract } from './subtract.js';
