/** The door `heddle/express`: straight-line handlers for Express 5. */
export { HttpError } from '../io/http/http-error.js';
export { expressFibers, ExpressFibers, type ExpressHandler } from './http/express-fibers.js';
export type { HostOptions as ExpressFibersOptions } from './http/request-host.js';
