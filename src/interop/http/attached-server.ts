import type { Server as HttpServer } from 'node:http';
import type { ServerHttp2Session } from 'node:http2';
import type { Server } from 'node:net';

/** Closes an HTTP/1 or HTTP/2 server that the program has made. */
export class AttachedServer {
  private readonly server: Server & Partial<Pick<HttpServer, 'closeIdleConnections'>>;
  /** Before Node 24, closing an HTTP/2 server leaves its sessions open. */
  private readonly sessions: Set<ServerHttp2Session> = new Set();

  constructor(server: Server) {
    this.server = server;
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
  }

  /** Closes idle connections; those of HTTP/2 once they are idle. */
  closeIdle(): void {
    this.server.closeIdleConnections?.();
    for (const session of this.sessions) session.close();
  }
}

/** Whether its connections carry concurrent requests. */
export function speaksHttp2(server: Server): boolean {
  return 'updateSettings' in server;
}
