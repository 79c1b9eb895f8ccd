/**
 * Whether a listening server survives `error`, an `'error'` event. It does if a single connection could not be
 * accepted: for want of descriptors or memory, because its client had gone, or because of the network or a firewall (on
 * Linux accept(2) reports pending errors of the new connection). After any other error it would silently accept nothing
 * more: such a server ends, and says why.
 */
export function outlives(error: NodeJS.ErrnoException): boolean {
  return TRANSIENT.has(error.code ?? '');
}

const TRANSIENT: ReadonlySet<string> = new Set(
  (
    'EMFILE ENFILE ENOBUFS ENOMEM ECONNABORTED ECONNRESET EPROTO EINTR ' +
    'EPERM ENETDOWN ENETUNREACH EHOSTDOWN EHOSTUNREACH ENONET ENOPROTOOPT EOPNOTSUPP'
  ).split(' '),
);
