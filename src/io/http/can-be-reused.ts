import type { IncomingMessage } from 'node:http';

/** Whether the connection of a request can bring another one: not with what is left of the request unread. */
export function canBeReused(message: IncomingMessage): boolean {
  return message.complete || !hasBody(message);
}

/** A request without a body is there as soon as its head is, although Node calls it complete only later. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
