/** The door `heddle/node-http`: straight-line handlers for a server of `node:http`. */
export { HttpError } from '../io/http/http-error.js';
export { nodeFibers, NodeFibers, type NodeFibersOptions, type NodeHandler } from './http/node-fibers.js';
