import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import { refuse } from '../../io/http/refuse.js';
import { RequestHost, type Handling, type HostOptions } from './request-host.js';

/** What the doors have in common whose server the program makes itself: plain `node:http`, Express and Hono. */
export abstract class ServerFibers implements AsyncDisposable {
  protected readonly host: RequestHost;

  /** @param name how snapshots call the host. */
  constructor(name: string, options: HostOptions) {
    this.host = new RequestHost(name, options);
  }

  /** Runs a request as soon as it may begin; one that may not is refused past the framework. */
  protected offer<T>(kind: string, request: IncomingMessage, response: ServerResponse, handling: Handling<T>): void {
    this.host.offer(kind, request, response, {
      begin: (work) => this.host.start(kind, work, handling),
      refuse: (retryAfterMs) => refuse(request, response, retryAfterMs),
    });
  }

  /**
   * Tells it of the server, whose connections it then counts (not those of HTTP/2), and which it closes. Returns the
   * server.
   */
  attach<S extends Server>(server: S): S {
    return this.host.attach(server);
  }

  /**
   * Closes the server and waits until the requests under way have ended and their replies have left; what takes longer
   * than the grace is cancelled, or cut. Again it returns the same promise.
   */
  close(): Promise<void> {
    return this.host.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host.close();
  }
}
