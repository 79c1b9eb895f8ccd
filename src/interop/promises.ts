/** The door `heddle/promises`: promises, async iterables, signals and disposables, in both directions. */
export type { Leaf } from '../fibers/operation.js';
export type { Producer, Push } from '../fibers/feed.js';
export { abortSignal } from './promises/abort-signal.js';
export { fromAsyncIterable, type AsyncPull } from './promises/from-async-iterable.js';
export { openScope, type OpenScope } from './promises/open-scope.js';
export { own } from './promises/own.js';
export { toAsyncIterable } from './promises/to-async-iterable.js';
export { toPromise, type ToPromiseOptions } from './promises/to-promise.js';
export { withSignal } from './promises/with-signal.js';
