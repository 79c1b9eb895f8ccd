/** The door `heddle/fastify`: a plugin for straight-line handlers in Fastify 5. */
export { HttpError } from '../io/http/http-error.js';
export { fastifyFibers } from './http/fastify-fibers.js';
export type { FastifyHandler } from './http/fastify-handler.js';
export type { HostOptions as FastifyFibersOptions } from './http/request-host.js';
