/** The door `heddle/fp-ts`: fp-ts 2. It imports only types of fp-ts, whose data are plain objects and functions. */
export type { Leaf } from '../fibers/operation.js';
export { attempt, type ErrorClass } from './fp-ts/attempt.js';
export { fromEither, fromOption, NoneError, toOption } from './fp-ts/data.js';
export { fromReaderTaskEither, fromTask, fromTaskEither } from './fp-ts/from-task.js';
export { toReaderTaskEither, toTask, toTaskEither, type TaskOptions } from './fp-ts/to-task.js';
