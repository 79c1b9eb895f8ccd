/** The door `heddle/http`: HTTP servers and clients. */
export type { Leaf } from '../fibers/operation.js';
export { fetch, type ClientResponse, type FetchOptions } from './http/client.js';
export { HttpError } from './http/http-error.js';
export { ResponseError } from './http/response-error.js';
export { json, text, type Reply, type ReplyStream } from './http/reply.js';
export { serve, type ServeOptions } from './http/serve.js';
export type { HttpServerOptions } from './http/http-server-options.js';
export { listen } from './http/listen.js';
export type { Handler, HttpServer } from './http/server.js';
export type { ServerRequest } from './http/server-request.js';
export type { NewCertificate } from './renew-certificate.js';
export type { TlsFacts } from './tls-facts.js';
