import { Work, type Admitted } from '../../fibers/governor.js';
import type { Operation } from '../../fibers/operation.js';
import { inSegment } from '../../fibers/segment.js';
import type { Scope } from '../../fibers/scope.js';
import type { Connection } from '../byte-stream.js';

/** A connection that asks to be let in; one that is not is reset, which costs least and tells its client at once. */
export class ConnectionWork extends Work {
  private readonly scope: Scope;
  private readonly connection: Connection;
  private readonly operation: Operation<void>;

  constructor(scope: Scope, connection: Connection, kind: string, operation: Operation<void>) {
    super(kind, 1, true);
    this.scope = scope;
    this.connection = connection;
    this.operation = operation;
  }

  begin(admitted: Admitted): void {
    this.scope.startMember(admitted.body, serve(this.operation, admitted), false);
  }

  refuse(): void {
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
