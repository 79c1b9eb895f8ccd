import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import { refuse } from '../../io/http/refuse.js';
import { RequestHost, type Handling, type HostOptions } from './request-host.js';

/** The common part of the doors for servers that the program makes itself: `node:http`, Express and Hono. */
export abstract class ServerFibers implements AsyncDisposable {
  protected readonly host: RequestHost;

  /** @param name the name of its entry in snapshots. */
  constructor(name: string, options: HostOptions) {
    this.host = new RequestHost(name, options);
  }

  /** Runs a request once it is admitted; a refusal is answered directly, bypassing the framework. */
  protected offer<T>(kind: string, request: IncomingMessage, response: ServerResponse, handling: Handling<T>): void {
    this.host.offer(kind, request, response, {
      begin: (work) => this.host.start(kind, work, handling),
      refuse: (retryAfterMs) => refuse(request, response, retryAfterMs),
    });
  }

  /**
   * Attaches the server that calls the handlers: `close` then closes it, and with a goal its connections are counted (not
   * those of HTTP/2). Returns the server. A plain call.
   *
   * @throws `ArgumentError`.
   */
  attach<S extends Server>(server: S): S {
    return this.host.attach(server);
  }

  /**
   * Closes the attached servers, and waits until the requests under way have ended and their replies have been sent. After
   * the grace, requests are cancelled and replies cut off. Further calls return the same promise.
   */
  close(): Promise<void> {
    return this.host.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host.close();
  }
}
