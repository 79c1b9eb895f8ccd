import type { IncomingMessage } from 'node:http';

/** Whether the connection of a request can carry another one: not while a part of this one is unread. */
export function canBeReused(message: IncomingMessage): boolean {
  return message.complete || !hasBody(message);
}

/** A request without a body is complete with its head, although Node says so only later. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
