import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cProgram } from './c-program.js';
import { flagsFor } from './compiled.js';
import { goProgram } from './go-program.js';
import { generatorProcessor, pinned, pinSelf, serverProcessor } from './processor.js';
import type { SubjectName } from './subject-name.js';

const main = fileURLToPath(new URL('../main.js', import.meta.url));

/**
 * A server in a process of its own, so that its CPU is told apart from its client's. The two talk in lines, which a
 * peer in any language can speak: the server first prints its port, then answers every line on its standard input
 * with the CPU time that it has used so far in microseconds, and ends when its standard input ends.
 */
export class ServerProcess {
  readonly port: number;
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, port: number) {
    this.child = child;
    this.lines = lines;
    this.port = port;
  }

  static async start(benchmark: string, subject: SubjectName): Promise<ServerProcess> {
    // The client is this process, or what it starts.
    pinSelf(generatorProcessor);
    const [command = '', ...flags] = pinned(serverProcessor, commandFor(benchmark, subject));
    // One processor for Go, even where nothing can be pinned: the servers are compared, not their scaling.
    const env = { ...process.env, GOMAXPROCS: '1' };
    const child = spawn(command, flags, { stdio: ['pipe', 'pipe', 'inherit'], env });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new ServerProcess(child, lines, await nextNumber(lines));
  }

  cpuMicroseconds(): Promise<number> {
    this.child.stdin?.write('cpu\n');
    return nextNumber(this.lines);
  }

  stop(): void {
    this.child.stdin?.end();
  }
}

function commandFor(benchmark: string, subject: SubjectName): readonly string[] {
  if (subject === 'go') return [goProgram(), 'server', benchmark];
  if (subject === 'pthreads' || subject === 'pthreads-pool') return [cProgram(), 'server', benchmark, subject];
  return [process.execPath, ...flagsFor(subject), main, '--server', benchmark, subject];
}

async function nextNumber(lines: AsyncIterator<string>): Promise<number> {
  const line = await lines.next();
  if (line.done === true) throw new Error('The server ended before it answered');
  return Number(line.value);
}

/** The server's side of the conversation. */
export function announce(port: number): void {
  process.stdout.write(`${port}\n`);
  process.stdin.on('data', () => {
    const { user, system } = process.cpuUsage();
    process.stdout.write(`${user + system}\n`);
  });
  process.stdin.on('end', () => process.exit(0));
}
