import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generatedPositionFor, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import test from 'ava';
import { InspectorClient } from './support/inspector-client.js';
import { ProgramDirectory, REGISTER } from './support/program-directory.js';

const PROGRAM = `interface Row { value: number }
function* inner(row: Row): Generator<never, number> {
  return row.value;
}
function* outer(): Generator<never, number> {
  let sum: number = 0;
  for (const value of [1, 2]) { const x: number = yield* inner({ value } as Row); sum += x; }
  return sum;
}
console.log('sum', outer().next().value);
`;

interface Script {
  readonly scriptId: string;
  readonly url: string;
  readonly sourceMapURL: string;
}

interface Paused {
  readonly hitBreakpoints: readonly string[];
  readonly callFrames: readonly { readonly location: { lineNumber: number; columnNumber: number } }[];
}

/** Where in PROGRAM a text stands: lines from 1, columns from 0, as source maps count. */
function placeOf(text: string): { line: number; column: number } {
  const before = PROGRAM.slice(0, PROGRAM.indexOf(text)).split('\n');
  return { line: before.length, column: before.at(-1)!.length };
}

test('a breakpoint in the TypeScript is hit, where it was set', async (t) => {
  const directory = new ProgramDirectory(t, { 'x.ts': PROGRAM });
  const url = pathToFileURL(join(directory.path, 'x.ts')).href;
  for (const start of ['first', 'second']) {
    const child = spawn(process.execPath, ['--inspect-brk=0', '--import', REGISTER, 'x.ts'], {
      cwd: directory.path,
      env: { ...process.env, NODE_OPTIONS: '', HEDDLE_CACHE: directory.cache },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    t.teardown(() => child.kill());
    const client = await InspectorClient.connect(await debuggerUrl(child.stderr));
    const hits: unknown[] = [];
    let map: TraceMap | undefined;
    client.on<Script>('Debugger.scriptParsed', (script) => {
      if (script.url !== url) return;
      const [, data] = script.sourceMapURL.split('base64,');
      map = new TraceMap(Buffer.from(data!, 'base64').toString());
    });
    const ended = new Promise<void>((resolve) => {
      client.on<Paused>('Debugger.paused', ({ hitBreakpoints, callFrames }) => {
        const { lineNumber, columnNumber } = callFrames[0]!.location;
        const place = map && originalPositionFor(map, { line: lineNumber + 1, column: columnNumber });
        if (hitBreakpoints.length > 0) hits.push({ source: place!.source, line: place!.line, column: place!.column });
        // First it stops at the beginning, and when the program's text is there a debugger sets what it was told to.
        void (hits.length === 0 && map !== undefined ? setBreakpoints(client, url, map) : Promise.resolve())
          .then(() => client.call('Debugger.resume'))
          .catch(() => resolve());
      });
      child.once('exit', () => resolve());
    });
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => {
      stdout += String(data);
      // Node waits for the debugger to leave.
      if (stdout.includes('sum')) client.close();
    });
    await client.call('Runtime.enable');
    await client.call('Debugger.enable');
    await client.call('Runtime.runIfWaitingForDebugger');
    await ended;
    // Before a `return` V8 stops when it has what is returned.
    const [inside, after] = [placeOf('value;'), placeOf('sum += x')];
    t.deepEqual(
      hits,
      [inside, after, inside, after].map((place) => ({ source: url, ...place })),
      start,
    );
    t.is(stdout, 'sum 3\n');
  }
});

/** Sets breakpoints by the URL and the place that the source map gives for a place in the TypeScript. */
async function setBreakpoints(client: InspectorClient, url: string, map: TraceMap): Promise<void> {
  for (const text of ['return row.value', 'sum += x']) {
    const { line, column } = generatedPositionFor(map, { source: url, ...placeOf(text) });
    await client.call('Debugger.setBreakpointByUrl', { url, lineNumber: line! - 1, columnNumber: column! });
  }
}

async function debuggerUrl(stderr: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const data of stderr) {
    text += String(data);
    const url = /ws:\S+/.exec(text)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`no debugger: ${text}`);
}
