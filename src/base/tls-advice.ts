/**
 * What Node reports of TLS, without OpenSSL's account of where in its own source that happened (the `cause` has it), and for the
 * usual reasons with what to do about it. Other messages are returned as they are.
 */
export function withTlsAdvice(code: string, message: string): string {
  const said = OPENSSL.exec(message)?.[1] ?? message;
  const advice = ADVICE.find(([pattern]) => pattern.test(code));
  return advice === undefined ? said : `${said} (${advice[1]})`;
}

/** `407C:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/…` */
const OPENSSL = /error:[0-9A-F]{6,}:[^:]*:[^:]*:([^:]+)/;

/** By a pattern for codes: alerts are named after the version of the protocol, and of OpenSSL. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT.*)$/,
    'who issued the certificate is not trusted here: name a file with that certificate in NODE_EXTRA_CA_CERTS, or give it as ' +
      '`ca` of `tls`, for `fetch` of a `dispatcher`',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'connect to a name that the certificate has, or give one as `servername` of `tls`, for `fetch` of a `dispatcher`',
  ],
  [
    /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    'the other side needs a new certificate, unless the clock of this machine is wrong',
  ],
  [/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/, 'the other side does not speak TLS, or not on this port'],
  [
    /^ERR_SSL_.*(PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL)$/,
    'there is no version of TLS that both sides allow: see `minVersion` and `maxVersion`',
  ],
  [/^ERR_SSL_.*CERTIFICATE_REQUIRED$/, 'the other side wants to see our certificate: give `cert` and `key`'],
  [
    /^ERR_SSL_.*HANDSHAKE_FAILURE$/,
    'there is no cipher that both sides allow, the other side has no certificate, or it wants to see ours',
  ],
  [/^ERR_SSL_.*ALERT_(UNKNOWN_CA|BAD_CERTIFICATE)$/, 'the other side does not trust our certificate'],
  [/^ERR_OSSL_X509_KEY_VALUES_MISMATCH$/, '`key` does not belong to `cert`'],
  [/^ERR_OSSL_(EVP_)?BAD_DECRYPT$/, 'the `passphrase` is not that of `key`, or is missing'],
  [/^ERR_OSSL_UNSUPPORTED$/, '`key` is no private key, or of a kind that is not supported'],
  [/^ERR_OSSL_PEM_NO_START_LINE$/, '`key`, `cert` and `ca` are the contents of PEM files, not their paths'],
];
