import { withTlsAdvice } from './tls-advice.js';

/**
 * Every error that heddle throws on purpose. One base class with a literal `code`, so that programs
 * match on `error.code` and never on messages. Each class says when it occurs, whose fault it is and
 * what to do.
 */
export abstract class HeddleError extends Error {
  abstract readonly code: `ERR_HEDDLE_${string}`;

  override get name(): string {
    return this.constructor.name;
  }
}

/**
 * Thrown at a suspension point inside a cancelled scope. Nobody's fault: let it pass, or rethrow it after
 * cleaning up. Only the runtime makes one. The operation that throws it did not happen.
 */
export class CancelledError extends HeddleError {
  readonly code = 'ERR_HEDDLE_CANCELLED' as const;
  /** What was cancelled: a scope or a fiber. Outside of it the cancellation has no effect. */
  declare readonly source: unknown;

  constructor(source: unknown, reason: string, options?: ErrorOptions) {
    super(`Cancelled: ${reason}`, options);
    // Not enumerable: printing the error would print the whole runtime.
    Object.defineProperty(this, 'source', { value: source });
  }
}

/** `join` (or `all`, `race`) waited for a fiber that was cancelled alone, so there is no result. Decide what that means. */
export class FiberCancelledError extends HeddleError {
  readonly code = 'ERR_HEDDLE_FIBER_CANCELLED' as const;
}

/** A deadline passed before the work was done (`withTimeout`, `withTimeoutAt`, `shield`). Retry, or allow more time. */
export class TimeoutError extends HeddleError {
  readonly code = 'ERR_HEDDLE_TIMEOUT' as const;
}

/** Nothing can ever wake the program again. The program's fault: the message lists what its fibers wait for. */
export class DeadlockError extends HeddleError {
  readonly code = 'ERR_HEDDLE_DEADLOCK' as const;
  /** What every fiber was waiting for, as text. */
  declare readonly dump: string;

  constructor(message: string, dump: string) {
    super(dump === '' ? message : `${message}\n${dump}`);
    // Not enumerable: the message has it, and it would be printed twice.
    Object.defineProperty(this, 'dump', { value: dump });
  }
}

/** The channel is closed: for a receiver the ordinary end, for a sender a message that was not sent. */
export class ChannelClosedError extends HeddleError {
  readonly code = 'ERR_HEDDLE_CHANNEL_CLOSED' as const;
}

/** Something was started or deferred in a scope that has ended. Do it while the scope is open, or in another one. */
export class ScopeClosedError extends HeddleError {
  readonly code = 'ERR_HEDDLE_SCOPE_CLOSED' as const;
}

/**
 * The operating system or the other side refused: `system` is Node's code (`ECONNRESET`, `ENOENT`), `operation` what
 * was attempted. The world's fault.
 */
export class IoError extends HeddleError {
  readonly code = 'ERR_HEDDLE_IO' as const;
  readonly operation: string;
  readonly system: string;

  constructor(operation: string, cause: unknown) {
    const { code, message = String(cause) } = (cause ?? {}) as NodeJS.ErrnoException;
    // The code of a DOMException is a number, and not the system's.
    const system = typeof code === 'string' ? code : null;
    const isSaid = system === null || message.includes(system);
    const said = system === null ? message : withTlsAdvice(system, message);
    super(`${operation}: ${isSaid ? said : `${system} ${said}`}`, { cause });
    this.operation = operation;
    this.system = system ?? 'UNKNOWN';
  }
}

/** There is more to do than can be done in time, so this was refused or stopped. Try again later. */
export class OverloadError extends HeddleError {
  readonly code = 'ERR_HEDDLE_OVERLOAD' as const;
}

/** What was used (a connection, a file, a server) had been closed on this side. The program's fault. */
export class ClosedError extends HeddleError {
  readonly code = 'ERR_HEDDLE_CLOSED' as const;
}

/** Two fibers use one end of something that serves one at a time. The program's fault: put a mutex around it. */
export class BusyError extends HeddleError {
  readonly code = 'ERR_HEDDLE_BUSY' as const;
}

/** Something is larger than its limit (a body, a line without an end). The sender's fault. */
export class TooLargeError extends HeddleError {
  readonly code = 'ERR_HEDDLE_TOO_LARGE' as const;
}

/** The stream ended before all that was asked for had come. The other side's fault. */
export class EndOfStreamError extends HeddleError {
  readonly code = 'ERR_HEDDLE_END_OF_STREAM' as const;
}

/** A program that had to succeed (`execute` with `check`) did not. The program's or the caller's fault: read `stderr`. */
export class ExitError extends HeddleError {
  readonly code = 'ERR_HEDDLE_EXIT' as const;
  /** What it exited with; null if a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The end of what it wrote to its standard error. */
  readonly stderr: string;

  constructor(command: string, exit: { code: number | null; signal: string | null }, stderr: string) {
    const how = exit.signal === null ? `exited with code ${exit.code}` : `was ended by ${exit.signal}`;
    super(`\`${command}\` ${how}${stderr === '' ? '' : `: ${stderr.trimEnd()}`}`);
    this.exitCode = exit.code;
    this.signal = exit.signal;
    this.stderr = stderr;
  }
}

/** An argument is not what the function accepts. The message says what was expected and what was given. */
export class ArgumentError extends HeddleError {
  readonly code = 'ERR_HEDDLE_ARGUMENT' as const;
}

/** The library was used against its rules: a missing `yield*`, an operation run twice. The message names the fix. */
export class MisuseError extends HeddleError {
  readonly code = 'ERR_HEDDLE_MISUSE' as const;
}

/** A snapshot could not be read: truncated, of another version, or something else altogether. */
export class SnapshotError extends HeddleError {
  readonly code = 'ERR_HEDDLE_SNAPSHOT' as const;
}

/**
 * A program could not be inspected, or could not be made inspectable: it has ended, belongs to somebody else, is no heddle
 * program, or the directory for its socket is not safe. The message says which, and what to do.
 */
export class InspectionError extends HeddleError {
  readonly code = 'ERR_HEDDLE_INSPECTION' as const;
}

/** An invariant of heddle itself is broken. Our fault: please report it. */
export class InternalError extends HeddleError {
  readonly code = 'ERR_HEDDLE_INTERNAL' as const;
}

/** A source file could not be compiled since it is not valid. The message says where. */
export class CompileError extends HeddleError {
  readonly code = 'ERR_HEDDLE_COMPILE' as const;
}
