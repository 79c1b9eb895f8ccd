/** What compiled code calls; the imports are inserted by `heddle/register` and `heddle/plugin`. Not for people. */
export { each } from './blocking-graph/compiled/each.js';
export { enter } from './blocking-graph/compiled/enter.js';
export { indexed } from './blocking-graph/compiled/indexed.js';
export { pause } from './blocking-graph/compiled/pause.js';
export { preempted } from './blocking-graph/compiled/preempted.js';
export { same } from './blocking-graph/compiled/same.js';
export { site } from './blocking-graph/compiled/site.js';
export { registerPlaces as module } from './blocking-graph/code-place.js';
