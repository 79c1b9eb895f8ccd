/** The door `heddle/net`: connections over TCP, TLS and Unix sockets. */
export type { Leaf } from '../fibers/operation.js';
export type {
  ByteStream,
  Connection,
  ConnectionStats,
  DelimiterOptions,
  ReadableBytes,
  WritableBytes,
} from './byte-stream.js';
export type { NewCertificate } from './renew-certificate.js';
export type { TlsFacts } from './tls-facts.js';
export { connect, type ConnectOptions } from './net/connect.js';
export type { HandshakeClient } from './net/handshakes.js';
export { listen, type ListenOptions } from './net/listen.js';
export type { Listener, ListenerStats, ServeOptions } from './net/listener.js';
