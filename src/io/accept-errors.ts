/**
 * Whether a server can go on after `error`, an `'error'` event while it listened: one connection could not be accepted,
 * for want of descriptors or memory, because its client had gone, or because the network or a firewall said so (Linux
 * hands on errors of the new connection, accept(2)). The next one may be. After any other error none would come any more,
 * in silence: such a server ends, and says why.
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
