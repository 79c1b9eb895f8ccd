/**
 * The door `heddle/async-context`: for `node:async_hooks`. Importing it lets `AsyncLocalStorage`, and all that builds upon it or upon async hooks,
 * follow fibers: each begins with what was current where it was spawned, and has across its suspensions what it has
 * made current itself. Of every program that runs in the process, but for fibers that live already.
 */
import { watchEntering } from './context/entering.js';
import { follow } from './context/layers.js';
import { ResourceContext } from './context/resource-context.js';

export { inContext } from './context/in-context.js';

watchEntering();
follow('resource', (inner) => new ResourceContext(inner));
