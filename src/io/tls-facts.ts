import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The result of a TLS handshake. */
export interface TlsFacts {
  /** Whether the other side's certificate was requested and is valid. */
  readonly authorized: boolean;
  /** Why it is not valid, if it was requested: a code such as `CERT_HAS_EXPIRED`. */
  readonly authorizationError: string | undefined;
  /**
   * The other side's certificate, valid or not; at a server only with `requestCert`. Undefined if it has none, and once the
   * connection is closed. Decoded anew by each access.
   */
  readonly peerCertificate: X509Certificate | undefined;
  /** The name by which the client has asked for the server (SNI); null if it named none, or resumes a session of TLS 1.2. */
  readonly servername: string | null;
  /** Such as `TLSv1.3`. */
  readonly protocol: string | null;
  /** The protocol agreed on by ALPN; null if none was. */
  readonly alpnProtocol: string | null;
}

/** Null without TLS. */
export function tlsFactsOf(socket: Socket): TlsFacts | null {
  if (!(socket instanceof TLSSocket)) return null;
  return {
    authorized: socket.authorized,
    // Declared as an `Error` by Node's types, but Node sets the code of one.
    authorizationError: (socket.authorizationError as unknown as string | null) ?? undefined,
    get peerCertificate() {
      return socket.getPeerX509Certificate();
    },
    servername: (socket as { servername?: string | false | null }).servername || null,
    protocol: socket.getProtocol(),
    alpnProtocol: socket.alpnProtocol || null,
  };
}
