import type { Server as HttpServer } from 'node:http';
import type { ServerHttp2Session } from 'node:http2';
import type { Server } from 'node:net';
import { OpenConnections } from '../../io/http/open-connections.js';

/** Closes an HTTP/1 or HTTP/2 server that the program has made. */
export class AttachedServer {
  private readonly server: Server & Partial<Pick<HttpServer, 'closeIdleConnections'>>;
  private readonly connections: OpenConnections;
  /** Before Node 24, closing an HTTP/2 server leaves its sessions open. */
  private readonly sessions: Set<ServerHttp2Session> = new Set();

  constructor(server: Server) {
    this.server = server;
    this.connections = new OpenConnections(server);
    server.on('session', (session: ServerHttp2Session) => {
      this.sessions.add(session);
      session.once('close', () => this.sessions.delete(session));
    });
  }

  /** Stops accepting connections, even if it does not listen yet. */
  stop(): void {
    if (this.server.listening) this.server.close();
    // Its host name is still being resolved, or the program has not called `listen` yet.
    else this.server.once('listening', () => this.server.close());
    this.closeIdle();
    this.connections.closeSilent();
  }

  /** To be called when all requests are over: cuts off the connections that are still open after `ms`, as upgraded ones may be. */
  end(ms: number): void {
    this.closeIdle();
    this.connections.destroyAfter(Math.max(ms, PARTING_MS));
  }

  /** Closes idle connections; those of HTTP/2 once they are idle. */
  private closeIdle(): void {
    this.server.closeIdleConnections?.();
    for (const session of this.sessions) session.close();
  }
}

/** For what was written last, such as that a stream of HTTP/2 was reset, to leave. */
const PARTING_MS = 100;

/** Whether its connections carry concurrent requests. */
export function speaksHttp2(server: Server): boolean {
  return 'updateSettings' in server;
}
