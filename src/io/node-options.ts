import type { ServerOptions } from 'node:http';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import { checkSpelling, type Known } from '../base/known-options.js';
import { checkTlsVersions } from './tls-versions.js';

type NodeOptions = ConnectionOptions & TlsOptions & ServerOptions;

/**
 * Refuses what looks like a misspelt option of Node in the option `name` of a connection or a server: a server that does not get
 * its `requestCert` lets everyone in. Also versions of TLS of which none is left.
 */
export function checkNodeOptions(name: string, options: object): void {
  checkSpelling(name, options, NODE_OPTIONS);
  checkTlsVersions(name, options);
}

/** Those of connections and servers alike: which of them take which is Node's to judge. */
const NODE_OPTIONS: Known<NodeOptions> = {
  allowHalfOpen: true,
  allowPartialTrustChain: true,
  ALPNCallback: true,
  ALPNProtocols: true,
  ca: true,
  cert: true,
  checkServerIdentity: true,
  ciphers: true,
  clientCertEngine: true,
  connectionsCheckingInterval: true,
  crl: true,
  dhparam: true,
  ecdhCurve: true,
  enableTrace: true,
  handshakeTimeout: true,
  headersTimeout: true,
  highWaterMark: true,
  honorCipherOrder: true,
  host: true,
  IncomingMessage: true,
  insecureHTTPParser: true,
  joinDuplicateHeaders: true,
  keepAlive: true,
  keepAliveInitialDelay: true,
  keepAliveTimeout: true,
  key: true,
  lookup: true,
  maxHeaderSize: true,
  maxVersion: true,
  minDHSize: true,
  minVersion: true,
  noDelay: true,
  passphrase: true,
  path: true,
  pauseOnConnect: true,
  pfx: true,
  port: true,
  privateKeyEngine: true,
  privateKeyIdentifier: true,
  pskCallback: true,
  pskIdentityHint: true,
  rejectNonStandardBodyWrites: true,
  rejectUnauthorized: true,
  requestCert: true,
  requestTimeout: true,
  requireHostHeader: true,
  secureContext: true,
  secureOptions: true,
  secureProtocol: true,
  servername: true,
  ServerResponse: true,
  session: true,
  sessionIdContext: true,
  sessionTimeout: true,
  sigalgs: true,
  SNICallback: true,
  socket: true,
  ticketKeys: true,
  timeout: true,
  uniqueHeaders: true,
};
