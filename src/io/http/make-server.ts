import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { IoError } from '../../base/errors.js';
import { tlsOfServer } from '../tls-options.js';
import type { HttpServerOptions } from './http-server-options.js';

/** Node's server, with or without TLS. Throws `IoError` if Node rejects its options, such as an invalid key. */
export function makeServer({ tls, node = {} }: HttpServerOptions): Server {
  try {
    return tls === undefined ? createServer(node) : createTlsServer(tlsOfServer({ ...tls, ...node }));
  } catch (error) {
    throw new IoError('http.listen', error);
  }
}
