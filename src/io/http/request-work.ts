import type { IncomingMessage, ServerResponse } from 'node:http';
import { Work, type Admitted, type Refusal } from '../../fibers/governor.js';
import { refuse } from './refuse.js';

/** A request that asks to be let in. */
export class RequestWork extends Work {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  private readonly start: (work: RequestWork, admitted: Admitted) => void;

  constructor(
    kind: string,
    priority: number,
    message: IncomingMessage,
    response: ServerResponse,
    start: (work: RequestWork, admitted: Admitted) => void,
  ) {
    // The first request of a connection may wait a little; a client that keeps it open would queue behind it.
    super(kind, priority, isFirst(message));
    this.message = message;
    this.response = response;
    this.start = start;
  }

  begin(admitted: Admitted): void {
    this.start(this, admitted);
  }

  refuse({ retryAfterMs, quietly }: Refusal): void {
    const { message, response } = this;
    if (response.destroyed) return;
    if (quietly) return void message.socket.destroy();
    refuse(message, response, retryAfterMs);
  }
}

const SEEN = new WeakSet<object>();

function isFirst({ socket }: IncomingMessage): boolean {
  if (SEEN.has(socket)) return false;
  SEEN.add(socket);
  return true;
}
