import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FiberHandle } from '../../fibers/fiber.js';
import { Work, type Admitted, type Entry, type Refusal } from '../../fibers/governor.js';
import { refuse } from './refuse.js';

/** Starts a fiber that answers a request. */
export type StartRequest = (message: IncomingMessage, response: ServerResponse, admitted: Admitted) => FiberHandle;

/** A request that asks to be let in. It is withdrawn, or its fiber cancelled, when the client goes away. */
export class RequestWork extends Work {
  override readonly answerMs: number = 0.06;
  private readonly message: IncomingMessage;
  private readonly response: ServerResponse;
  private readonly start: StartRequest;
  private fiber: FiberHandle | null = null;

  /** @param patient whether it may wait a little; a client that keeps its connection would queue behind it. */
  constructor(
    kind: string,
    priority: number,
    patient: boolean,
    message: IncomingMessage,
    response: ServerResponse,
    start: StartRequest,
  ) {
    super(kind, priority, patient);
    this.message = message;
    this.response = response;
    this.start = start;
  }

  /** To be called once. */
  offerTo(entry: Entry): void {
    this.response.once('close', () => {
      if (this.fiber === null) entry.withdraw(this);
      else if (!this.response.writableFinished) this.fiber.cancel('the client has gone');
    });
    entry.offer(this);
  }

  begin(admitted: Admitted): void {
    this.fiber = this.start(this.message, this.response, admitted);
  }

  refuse({ retryAfterMs, quietly }: Refusal): void {
    if (quietly) this.message.socket.destroy();
    else refuse(this.message, this.response, retryAfterMs);
  }
}
