import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import { ArgumentError } from '../base/errors.js';

/**
 * Refuses options of a TLS server that has no certificate: Node lets it listen, and every handshake would fail. To Node an empty
 * text or null is none.
 */
export function checkCertificate({ key, cert, privateKeyIdentifier, ...others }: TlsOptions): void {
  const hasKey = Boolean(key || privateKeyIdentifier);
  if (cert && hasKey) return checkPair(cert, key, others.passphrase);
  if (WITHOUT.some((name) => others[name])) return;
  // The options themselves are not printed: one of them may be a private key.
  const missing = cert ? 'the `key` of its `cert`' : hasKey ? 'the `cert` of its `key`' : 'a `key` and its `cert`';
  throw new ArgumentError(`The \`tls\` of a server lacks ${missing}, as contents of PEM files (or a \`pfx\`)`);
}

/**
 * Where both are of one kind, such as RSA, Node finds out by itself whether they belong together. Of different kinds, as
 * while files are being replaced, it takes them for halves of two certificates, and every handshake would fail.
 */
function checkPair(cert: TlsOptions['cert'], key: TlsOptions['key'], passphrase: string | undefined): void {
  if (!isPem(cert) || !isPem(key)) return;
  let fits: boolean;
  try {
    const options = passphrase === undefined ? key : { key, passphrase };
    fits = new X509Certificate(cert).checkPrivateKey(createPrivateKey(options));
  } catch {
    // What is wrong with one of them is Node's to say.
    return;
  }
  if (!fits) throw new ArgumentError('In the `tls` of a server, `key` does not belong to `cert`');
}

/** Rather than a list of them. */
function isPem(value: unknown): value is string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value);
}

/** With one of these a server may do without `key` and `cert`. Only some ciphers need no certificate, which OpenSSL knows. */
const WITHOUT = ['pfx', 'SNICallback', 'pskCallback', 'ciphers'] as const;
