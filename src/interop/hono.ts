/** The door `heddle/hono`: straight-line handlers for Hono on Node. */
export { HttpError } from '../io/http/http-error.js';
export { honoFibers, HonoFibers, type HonoHandler } from './http/hono-fibers.js';
export type { HostOptions as HonoFibersOptions } from './http/request-host.js';
