import { Runtime } from '../runtime.js';

/**
 * The runtime of operations that other libraries start outside of fibers. All of them share one, since a runtime learns its
 * graph and schedules its fibers independently of others. Made on first use.
 */
export function sharedRuntime(): Runtime {
  return (shared ??= new Runtime());
}

let shared: Runtime | undefined;
