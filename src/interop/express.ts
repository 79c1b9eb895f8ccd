/** Straight-line handlers for Express 5: the door `heddle/express`. */
export { HttpError } from '../io/http/http-error.js';
export { expressFibers, ExpressFibers, type ExpressHandler } from './http/express-fibers.js';
export type { HostOptions as ExpressFibersOptions } from './http/request-host.js';
