import { Server, type TlsOptions } from 'node:tls';
import { ArgumentError, IoError } from '../base/errors.js';
import { checkKnown, type Known } from '../base/known-options.js';
import { checkCertificate } from './server-certificate.js';

/** What the `renewCertificate` of a server takes: options of `tls.createServer`. */
export type NewCertificate = Pick<TlsOptions, 'key' | 'cert' | 'pfx' | 'passphrase' | 'ca' | 'crl'>;

/**
 * Gives a server of `node:tls` or `node:https` a new certificate. Node's own `setSecureContext` takes back what it is not told
 * again: without `ca` a server that asks its clients for certificates would accept those of any authority that Node knows.
 *
 * @param used the options of the server so far.
 * @returns its options from now on.
 * @throws `ArgumentError`; `IoError` if Node cannot use it. The server then keeps the certificate that it has.
 */
export function renewCertificate(server: object, used: TlsOptions | undefined, renewed: NewCertificate): TlsOptions {
  checkKnown('renewCertificate', renewed, NEW_CERTIFICATE);
  if (used === undefined || !(server instanceof Server))
    throw new ArgumentError('This server has no certificate: it was opened without `tls`');
  const options = { ...used, ...replacedBy(renewed), ...renewed };
  checkCertificate(options);
  try {
    server.setSecureContext(options);
  } catch (error) {
    throw new IoError('renewCertificate', error);
  }
  return options;
}

/** Node would take a `pfx` for the certificate, whatever stands beside it. */
function replacedBy({ cert, pfx }: NewCertificate): TlsOptions {
  if (pfx !== undefined) return { key: undefined, cert: undefined };
  return cert !== undefined ? { pfx: undefined } : {};
}

const NEW_CERTIFICATE: Known<NewCertificate> = {
  key: true,
  cert: true,
  pfx: true,
  passphrase: true,
  ca: true,
  crl: true,
};
