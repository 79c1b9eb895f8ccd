import { AsyncResource } from 'node:async_hooks';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Operation } from '../../fibers/operation.js';
import { cutOff } from '../../io/cut-off.js';
import { refuse } from '../../io/http/refuse.js';
import type { RequestWork, Respondent } from '../../io/http/request-work.js';
import { asError } from './as-error.js';
import { asHttpError } from './as-http-error.js';
import type { Handling, RequestHost } from './request-host.js';

/** The handler of a route. */
export type FastifyBody = (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply) => Operation<unknown>;

/** A request to a route whose handler runs in a fiber. All its roles are in one object, to save allocations per request. */
export class FastifyVisit implements Respondent, Handling<unknown> {
  /** Continues with the rest of the hooks and the handler; null if admission is asked for in the handler. */
  reach: (() => void) | null = null;
  /** The handler's `this`. */
  app: FastifyInstance | null = null;
  private work: RequestWork | null = null;
  /** Settles the promise that a wrapper of the handler waits for; Fastify then sends what comes of it. */
  private told: { resolve(value: unknown): void; reject(error: Error): void } | null = null;
  private readonly host: RequestHost;
  private readonly kind: string;
  private readonly handler: FastifyBody;
  private readonly request: FastifyRequest;
  private readonly reply: FastifyReply;

  constructor(host: RequestHost, kind: string, handler: FastifyBody, request: FastifyRequest, reply: FastifyReply) {
    this.host = host;
    this.kind = kind;
    this.handler = handler;
    this.request = request;
    this.reply = reply;
  }

  /**
   * What an `async` handler returns. For where another plugin has wrapped the handler: many do something when it is over, or send
   * what it returns. It is over, too, when the response is closed, as by a client that has gone.
   */
  promised(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.told = { resolve, reject };
      this.reply.raw.once('close', () => {
        this.told = null;
        resolve(undefined);
      });
    });
  }

  begin(work: RequestWork): void {
    this.work = work;
    if (this.reach === null) this.start();
    else this.reach();
  }

  /** If it has to wait, the later hooks run in the async context of now, and not of whatever admits it. */
  keepContext(): void {
    if (this.work === null) this.reach = AsyncResource.bind(this.reach!);
  }

  start(): void {
    this.host.start(this.kind, this.work!, this);
  }

  /** Bypasses Fastify, whose reply would cost more than a refused request is worth. */
  refuse(retryAfterMs: number): void {
    this.reply.hijack();
    refuse(this.request.raw, this.reply.raw, retryAfterMs);
  }

  operation(): Operation<unknown> {
    return this.handler.call(this.app!, this.request, this.reply);
  }

  done(value: unknown): void {
    if (this.told !== null) return this.told.resolve(value);
    if (value === undefined) return this.conclude();
    if (value !== this.reply) this.reply.send(value);
  }

  /**
   * One that returns nothing may have sent the reply, or begun one that is still to end, as Fastify knows of `async` handlers.
   * Hooks that are `async` may still hold up a reply that was sent; it would be lost if another were sent beside it.
   */
  private conclude(): void {
    const { reply } = this;
    const isBegun = (): boolean => reply.sent || reply.raw.headersSent;
    if (isBegun()) return;
    this.host.later(() => {
      if (isBegun()) return;
      try {
        reply.send();
      } catch (error) {
        this.failed(error);
      }
    });
  }

  failed(error: unknown): void {
    const { reply, told } = this;
    const known = asError(asHttpError(error));
    // Nobody else would end a hijacked reply.
    const cut = (): void => {
      if (!reply.raw.writableEnded) cutOff(reply.raw);
    };
    if (told !== null) {
      told.reject(known);
      if (reply.sent) this.host.later(cut);
    } else if (!reply.sent) {
      reply.send(known);
    } else {
      reply.log.error({ err: error }, 'A handler has failed after its reply');
      cut();
    }
  }
}
