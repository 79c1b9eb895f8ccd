/**
 * Whether the `Host` of a request is a name that can only mean this machine: a page from elsewhere that has its own name
 * resolve to 127.0.0.1 (DNS rebinding) sends that name. With any port, since whoever comes through a tunnel sends that of
 * the other end.
 */
export function namesLoopback(host: string | undefined): boolean {
  return host !== undefined && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d*)?$/i.test(host);
}
