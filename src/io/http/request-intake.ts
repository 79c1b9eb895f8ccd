import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { expected } from '../../base/check.js';
import type { Entry, EntryOptions } from '../../fibers/governor.js';
import type { Scope } from '../../fibers/scope.js';
import { OpenResponses } from './open-responses.js';
import { RequestWatch } from './request-watch.js';
import { RequestWork, type Respondent } from './request-work.js';

export interface IntakeOptions {
  /** Its name in snapshots. */
  readonly name: string;
  /** As `HttpServerOptions.goal`. */
  readonly goal: number | undefined;
  /** The queue of the kernel in front of it. */
  readonly kernel: Pick<EntryOptions, 'backlog' | 'resizeBacklog'>;
}

/**
 * Where requests come in, whoever parses and routes them: with a goal they are admitted by their kind, without one all
 * are. Each is answered by a fiber of `requests`.
 */
export class RequestIntake {
  readonly requests: Scope;
  readonly responses: OpenResponses = new OpenResponses();
  private readonly entry: Entry | null;
  private readonly goal: number | undefined;
  private readonly watches: RequestWatch[] = [];
  /** Connections that have brought a request, of servers that are not watched. */
  private readonly known: WeakSet<Socket> = new WeakSet();

  constructor(requests: Scope, { name, goal, kernel }: IntakeOptions) {
    this.requests = requests;
    this.goal = goal;
    this.entry =
      goal === undefined ? null : requests.loop.openEntry({ name, goal, clients: () => this.clients, ...kernel });
  }

  /** Whether requests have to be admitted: only then do kinds and priorities matter. */
  get governed(): boolean {
    return this.entry !== null;
  }

  /** Counts the connections of `server` from now on. */
  watch(server: Server): void {
    if (this.entry === null) return;
    this.watches.push(new RequestWatch(server, this.requests.loop, this.entry, this.goal!));
  }

  /**
   * Calls `respondent.begin` or `respondent.refuse`, once, now or later, unless the client goes away before. Returns the work.
   * Throws `ArgumentError`.
   */
  offer(
    kind: string,
    priority: number,
    message: IncomingMessage,
    response: ServerResponse,
    respondent: Respondent,
  ): RequestWork {
    if (typeof kind !== 'string') throw expected('kind', 'the name of a kind of requests', kind);
    if (typeof priority !== 'number') throw expected('priority', 'a share of the processor, a number', priority);
    const isFirst = this.entry !== null && this.isFirst(message.socket);
    const work = new RequestWork(kind, priority, isFirst, message, response, respondent);
    work.offerTo(this.entry, this.responses);
    return work;
  }

  /** As `RequestWork.goOn`. */
  goOn(before: RequestWork, kind: string, respondent: Respondent): RequestWork | null {
    return before.goOn(kind, respondent, this.entry, this.responses);
  }

  /** Refuses what waits, and what comes later. */
  close(): void {
    this.entry?.close();
  }

  /**
   * How many connections may bring requests; Infinity for servers that are not watched: their connections may carry any number of
   * requests.
   */
  private get clients(): number {
    if (this.watches.length === 0) return Infinity;
    let sum = 0;
    for (const { clients } of this.watches) sum += clients;
    return sum;
  }

  /** Whether this is the first request of its connection. */
  private isFirst(socket: Socket): boolean {
    if (this.watches.length > 0) {
      // Every watch has to be told.
      let first = false;
      for (const watch of this.watches) if (watch.heard(socket)) first = true;
      return first;
    }
    if (this.known.has(socket)) return false;
    this.known.add(socket);
    return true;
  }
}
