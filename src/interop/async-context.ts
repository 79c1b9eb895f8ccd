/**
 * The door `heddle/async-context`: for `node:async_hooks`. Importing it makes `AsyncLocalStorage`, and whatever builds upon it
 * or upon async hooks, follow fibers: a fiber begins with the stores that were current where it was spawned, and keeps those
 * that it enters across its suspensions. This holds for all runtimes of the process, but not for fibers spawned earlier.
 */
import { watchEntering } from './context/entering.js';
import { follow } from './context/layers.js';
import { ResourceContext } from './context/resource-context.js';

export { inContext } from './context/in-context.js';

watchEntering();
follow('resource', (inner) => new ResourceContext(inner));
