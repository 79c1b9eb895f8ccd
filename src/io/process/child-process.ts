import type { ChildProcess as NodeChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { expected } from '../../base/check.js';
import { MisuseError } from '../../base/errors.js';
import { printAs } from '../../base/print-as.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import { ownedBy } from '../../fibers/owned.js';
import type { Scope } from '../../fibers/scope.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { Event } from '../../fibers/sync/event.js';
import { WaitList } from '../../fibers/wait-list.js';
import { moveOnAfter } from '../../fibers/with-timeout.js';
import { ByteStreamReader, type BytesReader } from '../streams/byte-stream-reader.js';
import { Writer } from '../streams/writer.js';
import { endWithUs } from './end-with-us.js';

/** How a process ended: by `exit(code)`, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A running program, made by `start`. It belongs to the scope in which `start` was called: when that ends, it stops the
 * program and waits until it has exited.
 */
export class ChildProcess {
  readonly pid: number;
  /** What was run, for error messages. */
  readonly command: string;
  private readonly child: NodeChildProcess;
  private readonly grace: number;
  private readonly input: Writer | null;
  private readonly output: ByteStreamReader | null;
  private readonly errors: ByteStreamReader | null;
  private readonly waiters: WaitList = new WaitList();
  /** It has exited and its pipes are closed. */
  private readonly gone: Event = new Event({ name: 'process gone' });
  private ended: Exit | null = null;
  /** It was told to stop. */
  private stopping: boolean = false;

  constructor(child: NodeChildProcess, command: string, grace: number, scope: Scope) {
    this.child = child;
    this.pid = child.pid!;
    this.command = command;
    this.grace = grace;
    // Listens from the start: once the process has exited, Node discards output that nobody listens for.
    this.input = ifPiped(child.stdin, (stream) => new Writer(stream, true, scope));
    this.output = ifPiped(child.stdout, (stream) => new ByteStreamReader(stream, true, scope));
    this.errors = ifPiped(child.stderr, (stream) => new ByteStreamReader(stream, true, scope));
    // After its pipes, since a scope cleans up the newest first: the process is stopped before its pipes are closed.
    const untie = ownedBy(scope, () => this.stop());
    endWithUs(child, () => (this.stopping ? 'SIGKILL' : 'SIGTERM'));
    child.once('exit', (code, signal) => this.exited({ code, signal }));
    child.once('close', () => {
      this.gone.set();
      untie();
    });
    // A signal that could not be sent; `kill` has returned false.
    child.on('error', () => {});
  }

  /**
   * Its standard input. Writing waits while the program does not read; `finish` ends it.
   *
   * @throws `MisuseError` unless it is a pipe.
   */
  get stdin(): Writer {
    return this.input ?? notPiped(this.command, 'stdin');
  }

  /**
   * Its standard output. A program whose output nobody reads blocks once the pipe is full.
   *
   * @throws `MisuseError` unless it is a pipe.
   */
  get stdout(): BytesReader {
    return this.output ?? notPiped(this.command, 'stdout');
  }

  /**
   * Its standard error, if that was asked for (`stderr: 'pipe'`).
   *
   * @throws `MisuseError` unless it is a pipe.
   */
  get stderr(): BytesReader {
    return this.errors ?? notPiped(this.command, 'stderr');
  }

  /** How it ended; null while it runs. */
  get exit(): Exit | null {
    return this.ended;
  }

  /**
   * Waits until it has exited.
   *
   * Suspends: unless it has exited. If cancelled: throws; the process goes on, until its scope ends.
   */
  wait(): Operation<Exit> {
    return new Suspension<Exit>(WAIT, this, undefined);
  }

  /**
   * Sends it a signal. False if that was not possible: it has exited, or we may not signal it. A plain call.
   *
   * @throws `ArgumentError` for a signal that the system does not know.
   */
  kill(signal: NodeJS.Signals = 'SIGTERM'): boolean {
    if (!Object.hasOwn(constants.signals, signal))
      throw expected('signal', 'the name of a signal such as `SIGTERM`', signal);
    return this.ended === null && this.child.kill(signal);
  }

  /**
   * Stops it: SIGTERM, and SIGKILL after the grace period; then waits until it has exited and its pipes are closed.
   * From now on what it writes is discarded unless a fiber is reading it. Processes that it has started itself are not stopped.
   *
   * Suspends: until then. If cancelled: throws; its scope stops it in any case.
   */
  *stop(): Operation<void> {
    this.stopping = true;
    // It may have to write before it can exit, and nobody need read that.
    this.output?.dropUnread();
    this.errors?.dropUnread();
    if (this.ended === null) {
      this.kill('SIGTERM');
      yield* moveOnAfter(this.grace, this.wait());
    }
    if (this.ended === null) {
      this.kill('SIGKILL');
      yield* this.wait();
    }
    // What it wrote last is in its pipes, which end with it unless children of its own hold the other ends.
    yield* moveOnAfter(LAST_WORDS_MS, this.gone.wait());
    for (const stream of this.child.stdio) stream?.destroy();
    yield* this.gone.wait();
  }

  private exited(exit: Exit): void {
    this.ended = exit;
    this.waiters.completeAll(exit);
  }

  static attemptWait(suspension: Suspension<unknown, ChildProcess>): boolean {
    const { ended } = suspension.subject;
    return ended !== null && suspension.finish(ended);
  }

  static armWait(suspension: Suspension<unknown, ChildProcess>): void {
    suspension.subject.waiters.push(suspension);
  }

  static abortWait(suspension: Suspension<unknown, ChildProcess>): void {
    suspension.subject.waiters.remove(suspension);
  }
}

printAs(ChildProcess, 'ChildProcess', ({ pid, command, exit }) => ({ pid, command, exit }));

function ifPiped<S extends Readable | Writable, T>(stream: S | null, wrap: (stream: S) => T): T | null {
  return stream === null ? null : wrap(stream);
}

function notPiped(command: string, name: string): never {
  throw new MisuseError(`${name} of \`${command}\` is not a pipe: start it with \`{ ${name}: 'pipe' }\``);
}

/** How long the pipes of a program that has exited may take to end. */
const LAST_WORDS_MS = 100;

const WAIT: SuspensionKind<ChildProcess, undefined, Exit> = new SuspensionKind({
  label: new Label('process.exit'),
  attempt: ChildProcess.attemptWait,
  arm: ChildProcess.armWait,
  abort: ChildProcess.abortWait,
});
