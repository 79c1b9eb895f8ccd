import type { Server as HttpServer } from 'node:http';
import type { ServerHttp2Session } from 'node:http2';
import type { Server } from 'node:net';

/** A server of HTTP/1 or 2 that the program has made, as far as closing it goes. */
export class AttachedServer {
  private readonly server: Server & Partial<Pick<HttpServer, 'closeIdleConnections'>>;
  /** Over HTTP/2 a server does not close its connections before Node 24. */
  private readonly sessions: Set<ServerHttp2Session> = new Set();

  constructor(server: Server) {
    this.server = server;
    server.on('session', (session: ServerHttp2Session) => {
      this.sessions.add(session);
      session.once('close', () => this.sessions.delete(session));
    });
  }

  /** Accepts no more connections, also if it has yet to listen. */
  stop(): void {
    if (this.server.listening) this.server.close();
    // Its host is still being looked up, or the program has not come to it.
    else this.server.once('listening', () => this.server.close());
    this.closeIdle();
  }

  /** Closes connections that do nothing, those of HTTP/2 once they do. */
  closeIdle(): void {
    this.server.closeIdleConnections?.();
    for (const session of this.sessions) session.close();
  }
}

/** Whether its connections carry many requests at a time. */
export function speaksHttp2(server: Server): boolean {
  return 'updateSettings' in server;
}
