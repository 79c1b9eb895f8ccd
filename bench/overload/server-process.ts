import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as elapse } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { flagsFor } from '../harness/compiled.js';
import { generatorProcessor, pinned, serverProcessor } from '../harness/processor.js';
import type { Scenario } from './scenario.js';
import type { ServerOrder, ServerUsage } from './servers/order.js';

const main = fileURLToPath(new URL('../main.js', import.meta.url));

/**
 * How long a server may take to answer about itself. One that does not is as
 * good as gone: what it says then would come too late.
 */
const patienceMs = 5000;

/** How a server ended by itself. */
export interface Exit {
  /** On the clock of `performance.now`. */
  readonly at: number;
  /** The signal or the code, and the last of what it complained. */
  readonly reason: string;
}

/** A server in a process of its own, with the limits of its scenario. That it ends by itself is a result, and no error. */
export class ServerProcess {
  readonly port: number;
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly lines: AsyncIterator<string>;
  private readonly ended: Promise<Exit>;
  /** Set once it has ended by itself. */
  exit: Exit | null = null;

  private constructor(child: ServerProcess['child'], lines: AsyncIterator<string>, port: number, ended: Promise<Exit>) {
    this.child = child;
    this.lines = lines;
    this.port = port;
    this.ended = ended;
    void ended.then((exit) => (this.exit = exit));
  }

  static start(scenario: Scenario, order: ServerOrder, nodeFlags: readonly string[]): Promise<ServerProcess> {
    const compiled = scenario.compiled === true && order.subject === 'heddle';
    const flags = [
      ...flagsFor(compiled ? 'heddle-compiled' : 'heddle'),
      ...(scenario.oldSpaceMb === undefined ? [] : [`--max-old-space-size=${scenario.oldSpaceMb}`]),
      ...nodeFlags,
    ];
    const node = [process.execPath, ...flags, main, 'overload', '--server', JSON.stringify(order)];
    return launch(pinned(serverProcessor, limited(node, scenario.descriptors)));
  }

  /** The helper that stands for a database. */
  static startPool(): Promise<ServerProcess> {
    return launch(pinned(generatorProcessor, [process.execPath, main, 'overload', '--pool']));
  }

  static async from(child: ServerProcess['child']): Promise<ServerProcess> {
    const complaint = tailOf(child.stderr);
    const ended = new Promise<Exit>((resolve) => {
      child.once('close', (code, signal) =>
        resolve({ at: performance.now(), reason: `${signal ?? `code ${code}`}${gist(complaint())}` }),
      );
    });
    child.stdin.on('error', () => {});
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done === true) throw new Error(`A server did not start: ${(await ended).reason}\n${complaint()}`);
    return new ServerProcess(child, lines, Number(first.value), ended);
  }

  /** What it has used so far; null when it has ended, or does not answer. */
  async usage(): Promise<ServerUsage | null> {
    if (this.exit !== null) return null;
    this.child.stdin.write('usage\n');
    const line = await Promise.race([this.lines.next(), elapse(patienceMs, null, { ref: false })]);
    return line === null || line.done === true ? null : (JSON.parse(line.value) as ServerUsage);
  }

  /**
   * How many descriptors it has open, seen from outside: it may have none left to
   * look itself. Null where the system does not say.
   */
  async descriptors(): Promise<number | null> {
    try {
      return (await readdir(`/proc/${this.child.pid}/fd`)).length;
    } catch {
      return null;
    }
  }

  /** Makes its work `factor` times as dear as usual. */
  setCost(factor: number): void {
    if (this.exit === null) this.child.stdin.write(`cost ${factor}\n`);
  }

  /** Ends it, and waits until it has. */
  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

function launch([command = '', ...flags]: readonly string[]): Promise<ServerProcess> {
  return ServerProcess.from(spawn(command, flags, { stdio: ['pipe', 'pipe', 'pipe'] }));
}

/** Both limits, the soft and the hard one: Node raises its soft limit to the hard one. */
function limited(command: readonly string[], descriptors: number | undefined): readonly string[] {
  if (descriptors === undefined) return command;
  return ['sh', '-c', `ulimit -n ${descriptors}; exec "$@"`, 'sh', ...command];
}

function tailOf(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => (text = (text + more).slice(-10_000)));
  return () => text;
}

/** The line of a complaint that says what happened. */
function gist(complaint: string): string {
  const line = complaint.split('\n').find((one) => /error|fatal/i.test(one));
  return line === undefined ? '' : `: ${line.trim().slice(0, 160)}`;
}
