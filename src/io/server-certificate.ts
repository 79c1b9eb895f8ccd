import type { TlsOptions } from 'node:tls';
import { ArgumentError } from '../base/errors.js';

/** Refuses options of a TLS server that has no certificate: Node lets it listen, and every handshake would fail. */
export function checkCertificate({ key, cert, privateKeyIdentifier, ...others }: TlsOptions): void {
  if (cert !== undefined && (key ?? privateKeyIdentifier) !== undefined) return;
  if (WITHOUT.some((name) => others[name] !== undefined)) return;
  // The options themselves are not printed: one of them may be a private key.
  const missing =
    cert === undefined
      ? key === undefined
        ? 'a `key` and its `cert`'
        : 'the `cert` of its `key`'
      : 'the `key` of its `cert`';
  throw new ArgumentError(`The \`tls\` of a server lacks ${missing}, as contents of PEM files (or a \`pfx\`)`);
}

/** With one of these a server may do without `key` and `cert`. Only some ciphers need no certificate, which OpenSSL knows. */
const WITHOUT = ['pfx', 'SNICallback', 'pskCallback', 'ciphers'] as const;
