import { Work, type Admitted, type Entry } from '../../fibers/governor.js';
import type { Operation } from '../../fibers/operation.js';
import { inSegment } from '../../fibers/segment.js';
import type { Scope } from '../../fibers/scope.js';
import type { SocketConnection } from './socket-connection.js';

/**
 * A connection that asks to be admitted. A refused one is reset: that is cheapest, and tells its client at once. It is
 * withdrawn when its client goes away; but a client that has sent something and then ended may still wait for an
 * answer.
 */
export class ConnectionWork extends Work {
  private readonly scope: Scope;
  private readonly asDaemon: boolean;
  private readonly connection: SocketConnection;
  private readonly operation: Operation<void>;
  private watchNoMore: () => void = () => {};

  constructor(
    scope: Scope,
    asDaemon: boolean,
    connection: SocketConnection,
    kind: string,
    priority: number,
    operation: Operation<void>,
  ) {
    super(kind, priority, true);
    this.scope = scope;
    this.asDaemon = asDaemon;
    this.connection = connection;
    this.operation = operation;
  }

  /** To be called once. */
  offerTo(entry: Entry): void {
    entry.offer(this);
    if (!this.waits) return;
    this.watchNoMore = this.connection.whenLeft(() => {
      entry.withdraw(this);
      this.refuse();
    });
  }

  begin(admitted: Admitted): void {
    this.watchNoMore();
    this.scope.startMember(admitted.body, serve(this.operation, admitted), this.asDaemon);
  }

  refuse(): void {
    this.watchNoMore();
    this.connection.destroy();
  }
}

function* serve(operation: Operation<void>, admitted: Admitted): Operation<void> {
  try {
    yield* inSegment(operation);
  } finally {
    admitted.end();
  }
}
