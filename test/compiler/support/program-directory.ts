import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';

/** The loader's door, as `--import` takes it. */
export const REGISTER = new URL('../../../../dist/register.js', import.meta.url).href;
export const TSX = import.meta.resolve('tsx');

/** Node 22 says that it strips types, until 22.18; nobody else has anything to say. */
export const QUIET: readonly string[] = ['--disable-warning=ExperimentalWarning'];

/** An environment in which `oxc-parser` finds no binding, as on a machine for which there is none. */
export const NO_BINDING: NodeJS.ProcessEnv = { NAPI_RS_NATIVE_LIBRARY_PATH: '/nowhere' };

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface NodeOptions {
  readonly env?: NodeJS.ProcessEnv;
}

/** A directory of files that is gone after the test, with a cache of its own. */
export class ProgramDirectory {
  readonly path: string;
  /** Where its programs keep compiled code, unless they are told otherwise. */
  readonly cache: string;

  constructor(t: ExecutionContext, files: Readonly<Record<string, string>>) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-register-')));
    this.cache = join(this.path, '.cache');
    t.teardown(() => rmSync(this.path, { recursive: true, force: true }));
    this.write({ 'package.json': '{ "type": "module" }', ...files });
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  /** Runs Node with these arguments in this directory. */
  node(args: readonly string[], options?: NodeOptions): Promise<Outcome> {
    return this.#spawn([process.execPath, ...args], options);
  }

  async #spawn([command, ...args]: readonly string[], { env }: NodeOptions = {}): Promise<Outcome> {
    const child = spawn(command!, args, {
      cwd: this.path,
      env: { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: '', HEDDLE_CACHE: this.cache, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // One that stands still shall fail its test, and not all others with it.
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, stdout, stderr };
  }

  /** Runs a program of it with its modules compiled. */
  run(program: string, options?: NodeOptions): Promise<Outcome> {
    return this.node(['--import', REGISTER, program], options);
  }

  /** The same where no file can be longer than 8 KB. */
  runLimited(program: string): Promise<Outcome> {
    const limited = ['sh', '-c', 'ulimit -f 16; exec "$@"', 'sh'];
    return this.#spawn([...limited, process.execPath, '--import', REGISTER, program]);
  }
}

/** A module that says by its name whether it has been compiled. */
export function esm(name: string): string {
  return `function* inner() { return 1; }
export function* ${name}() { return yield* inner(); }
console.log('${name}', /[$]site[(]/.test(${name}) ? 'compiled' : 'plain', ${name}().next().value);
`;
}

/** The same as CommonJS. */
export function commonJs(name: string): string {
  return `${esm(name).replace('export ', '')}exports.${name} = ${name};\n`;
}

/** The same with types, of a module or of CommonJS. */
export function typed(source: string): string {
  return `interface Result { value: number }\n${source.replaceAll(/\(\) \{/g, '(): Generator<never, number> {')}`;
}
