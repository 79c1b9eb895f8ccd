import { Runtime } from '../runtime.js';

/**
 * The runtime of operations that other libraries start where no fiber is in sight. One for all of them: each runtime
 * learns a graph and shares out the processor for itself alone. Made when it is first needed.
 */
export function sharedRuntime(): Runtime {
  return (shared ??= new Runtime());
}

let shared: Runtime | undefined;
