/** The door `heddle/process`: other programs, as operations over `node:child_process`. */
export type { Leaf } from '../fibers/operation.js';
export type { ChildProcess, Exit } from './process/child-process.js';
export { execute, type Executed, type ExecuteOptions } from './process/execute.js';
export { start, type StartOptions, type Stdio } from './process/start.js';
