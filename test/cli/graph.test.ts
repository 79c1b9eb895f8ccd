import { spawn, spawnSync } from 'node:child_process';
import { on, once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { parseSnapshot } from '#src/blocking-graph/parse-snapshot.js';
import { openInspectionServer } from '#src/inspect/inspection-server.js';
import { snapshotAfter, type Walk } from '../blocking-graph/walks.js';
import { server as snapshot } from '../blocking-graph/hostile.js';
import { useOwnRuntimeDirectory } from '../inspect/directory.js';
import { heddle, type Outcome } from './command.js';
import { fixture, matchesGolden } from './golden.js';

useOwnRuntimeDirectory();
const directory = mkdtempSync(join(tmpdir(), 'heddle-cli-'));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

function failsWith(
  t: { like: (a: Outcome, b: Partial<Outcome>) => void; regex: (a: string, b: RegExp) => void },
  outcome: Outcome,
  message: RegExp,
  code = 1,
): void {
  t.like(outcome, { code, stdout: '' });
  t.regex(outcome.stderr, message);
  t.regex(outcome.stderr, /^heddle: [^\n]*\n$/);
}

test('a standard output that takes nothing is an error in one line', (t) => {
  const full = openSync('/dev/full', 'w');
  const main = new URL('../../../dist/cli/main.js', import.meta.url).pathname;
  const { status, stderr } = spawnSync(process.execPath, [main, 'graph', fixture('server.json')], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  t.is(status, 1);
  t.regex(stderr, /^heddle: Cannot write to standard output: ENOSPC[^\n]*\n$/);
});

test('a file with a snapshot is shown as text', async (t) => {
  const { code, stdout, stderr } = await heddle(['graph', fixture('server.json')]);
  t.deepEqual([code, stderr], [0, '']);
  matchesGolden(t, 'server.txt', stdout);
});

test('every format is written to a file when asked', async (t) => {
  const beginnings = {
    text: 'blocking graph',
    json: '{',
    dot: 'digraph',
    mermaid: 'flowchart',
    svg: '<?xml',
    html: '<!doctype html>',
    prometheus: '# HELP heddle_fibers ',
  };
  for (const [format, beginning] of Object.entries(beginnings)) {
    const output = join(directory, `out.${format}`);
    t.like(await heddle(['graph', fixture('server.json'), '--format', format, '--output', output]), {
      code: 0,
      stdout: '',
      stderr: '',
    });
    t.true(readFileSync(output, 'utf8').startsWith(beginning), format);
  }
  failsWith(
    t,
    await heddle(['graph', fixture('server.json'), '--output', join(directory, 'no', 'where')]),
    /Cannot write/,
  );
});

test('a running program is found by its process id, by its socket, and by a link to that', async (t) => {
  const server = await openInspectionServer({ pid: process.pid, title: 'tested', snapshot: async () => snapshot });
  const link = join(directory, 'link');
  symlinkSync(server.path, link);
  for (const target of [String(process.pid), server.path, link]) {
    const { code, stdout } = await heddle(['graph', target, '--format', 'json']);
    t.is(code, 0);
    t.deepEqual(parseSnapshot(stdout), snapshot);
  }
  const { stdout } = await heddle(['ps']);
  t.regex(stdout, new RegExp(`^ *PID  NODE +HEDDLE +PROGRAM\\n(?:.*\\n)* *${process.pid}  v.*  tested\\n`));
  await server.close();
});

test('standard input is read, and several snapshots are added up', async (t) => {
  const input = readFileSync(fixture('server.json'), 'utf8');
  t.regex((await heddle(['graph', '-'], { input })).stdout, /1,216 fibers/);
  const { stdout } = await heddle(['graph', '-', fixture('server.json')], { input });
  t.regex(stdout, /2,432 fibers/);
  t.regex(stdout, /2 processes/);
});

const walk: Walk = [
  [0, 0],
  [0, 1],
  [0, 2],
];

test('the difference to an earlier snapshot is shown, and one the wrong way round is an error', async (t) => {
  const earlier = file('earlier.json', JSON.stringify(snapshotAfter(walk, 2)));
  const later = file('later.json', JSON.stringify(snapshotAfter(walk)));
  const { code, stdout } = await heddle(['graph', later, '--since', earlier, '--format', 'json']);
  t.is(code, 0);
  t.deepEqual(
    parseSnapshot(stdout).edges.map(({ from, to, count }) => [from, to, count]),
    [['place1', 'place2', 1]],
  );
  failsWith(t, await heddle(['graph', earlier, '--since', later]), /swapped/);
});

test('what happens within some seconds is shown', async (t) => {
  let taken = 1;
  const take = async () => snapshotAfter(walk, ++taken);
  const server = await openInspectionServer({ pid: 1_000_001, title: 'tested', snapshot: take });
  const { code, stdout } = await heddle(['graph', server.path, '--diff', '0.1', '--format', 'json']);
  t.is(code, 0);
  t.is(parseSnapshot(stdout).windowMs, 1);
  await server.close();
});

test('watching shows one picture after another until it is stopped', async (t) => {
  const main = new URL('../../../dist/cli/main.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, 'graph', fixture('server.json'), '--watch', '0.1']);
  t.teardown(() => void child.kill('SIGKILL'));
  let seen = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    seen += chunk as string;
    // Once: a second signal ends it in the middle.
    if (!child.killed && seen.split('blocking graph').length > 3) child.kill('SIGINT');
  }
  if (child.exitCode === null) await once(child, 'exit');
  t.is(child.exitCode, 0);
  t.false(seen.includes('\u001B'), 'a pipe gets no escape sequences');
});

test('watching a difference shows what happened lately', async (t) => {
  let taken = 1;
  const take = async () => snapshotAfter(walk, ++taken);
  const server = await openInspectionServer({ pid: 1_000_011, title: 'tested', snapshot: take });
  const main = new URL('../../../dist/cli/main.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, 'graph', server.path, '--watch', '0.1', '--diff', '0.1']);
  t.teardown(() => void child.kill('SIGKILL'));
  let seen = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    seen += chunk as string;
    if (seen.split('blocking graph').length > 2) child.kill('SIGINT');
  }
  t.regex(seen, /· 2 ms window ·[^]*· 1 ms window ·/);
  await server.close();
});

/** A program that greets and says no more, as one that is stopped; emits `asked` at each request. */
async function mute(t: ExecutionContext, path: string): Promise<Server> {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => {
    sockets.add(socket.on('error', () => {}).on('data', () => silent.emit('asked')));
    socket.write(`${JSON.stringify({ heddle: 1, pid: 1, title: 'mute', node: 'v20.20.2', version: '0.1.0' })}\n`);
  }).listen(path);
  t.teardown(() => {
    silent.close();
    for (const socket of sockets) socket.destroy();
  });
  await once(silent, 'listening');
  return silent;
}

test('watching programs that do not answer is stopped by a signal, and gives the terminal back', async (t) => {
  const path = join(directory, 'watched.sock');
  const program = await mute(t, path);
  const main = new URL('../../../dist/cli/main.js', import.meta.url).pathname;
  const terminal = 'data:text/javascript,process.stdout.isTTY = true; process.stdout.hasColors = () => false';
  // More than ten listeners on a signal Node takes for a leak.
  const paths = Array.from({ length: 12 }, () => path);
  const asks = on(program, 'asked');
  const child = spawn(process.execPath, ['--import', terminal, main, 'graph', ...paths, '--watch', '0.1']);
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  for (const _ of paths) await asks.next();
  child.kill('SIGINT');
  // It would give up by itself, with an error.
  t.deepEqual([await stderr, await stdout], ['', '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?7h\x1b[?25h\x1b[?1049l']);
  if (child.exitCode === null) await once(child, 'exit');
  t.is(child.exitCode, 0);
});

test('a page of a program that does not answer is stopped by a signal before somebody who looks gives up', async (t) => {
  const main = new URL('../../../dist/cli/main.js', import.meta.url).pathname;
  // The first look is answered, or there is no page.
  const [path, mutePath] = [join(directory, 'link.sock'), join(directory, 'mute.sock')];
  const program = await mute(t, mutePath);
  const server = await openInspectionServer({ pid: 1_000_013, title: 'tested', snapshot: async () => snapshot });
  symlinkSync(server.path, path);
  const child = spawn(process.execPath, [main, 'graph', path, '--live']);
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  rmSync(path);
  symlinkSync(mutePath, path);
  const order: string[] = [];
  const other = spawn(process.execPath, [main, 'graph', mutePath]);
  const otherEnded = once(other, 'exit').then(() => order.push('who looks'));
  await once(program, 'asked');
  void fetch(`${/http:\S+/.exec(line)![0]}view.json`).catch(() => {});
  await once(program, 'asked');
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number];
  order.push('the page');
  other.kill();
  await otherEnded;
  t.deepEqual([code, order], [0, ['the page', 'who looks']]);
  await server.close();
});

test('watching a difference keeps a dozen of what it saw, and begins again with a program that was started anew', async (t) => {
  const many: Walk = Array.from({ length: 200 }, () => [0, 0] as const);
  const windows = [1, 2, 110, 50, 51];
  const take = async () => snapshotAfter(many, windows.shift() ?? 51);
  const server = await openInspectionServer({ pid: 1_000_014, title: 'tested', snapshot: take });
  const main = new URL('../../../dist/cli/main.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, 'graph', server.path, '--watch', '0.1', '--diff', '0.1']);
  let seen = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    seen += chunk as string;
    if (!child.killed && seen.split('blocking graph').length > 5) child.kill('SIGINT');
  }
  // Of 1 and 2 ms the second is too near to the first to be kept.
  t.deepEqual([...seen.matchAll(/· (\d+) ms window ·/g)].map(([, ms]) => ms).slice(0, 5), ['1', '1', '109', '50', '1']);
  await server.close();
});

test('a page shows a program live until it is stopped, and says so when the program has ended', async (t) => {
  const server = await openInspectionServer({ pid: 1_000_012, title: 'tested', snapshot: async () => snapshot });
  const main = new URL('../../../dist/cli/main.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, 'graph', server.path, '--live']);
  t.teardown(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const url = /http:\S+/.exec(line)![0];
  t.regex(await (await fetch(`${url}view.json`)).text(), /until\(db\.query\)/);
  await server.close();
  const after = await fetch(`${url}view.json`);
  t.is(after.status, 500);
  t.regex(await after.text(), /there is no such file/);
  child.kill('SIGINT');
  await once(child, 'exit');
  t.is(child.exitCode, 0);
});

test('what remains to be done is shown as text and as JSON, and as nothing else', async (t) => {
  const target = fixture('server.json');
  const { code, stdout } = await heddle(['graph', target, '--remaining']);
  t.is(code, 0);
  matchesGolden(t, 'remaining.txt', stdout);
  const { settled, nodes } = JSON.parse(
    (await heddle(['graph', target, '--remaining', '--format', 'json'])).stdout,
  ) as {
    settled: boolean;
    nodes: { node: string; timeMs: number | null }[];
  };
  t.true(settled);
  t.is(nodes.length, snapshot.nodes.length);
  t.is(nodes.find(({ node }) => node === 'n2accept')?.timeMs, null);
  t.true(nodes.find(({ node }) => node === 'n6query')!.timeMs! > 1);
  failsWith(
    t,
    await heddle(['graph', target, '--remaining', '--format', 'svg']),
    /'--remaining' is shown as text or json, not as svg/,
    2,
  );
});

test('of a running program it can be seen what limits it', async (t) => {
  const server = await openInspectionServer({ pid: 1_000_003, title: 'tested', snapshot: async () => snapshot });
  t.regex((await heddle(['graph', server.path])).stdout, /^scheduling {6}the limiting resource is memory · /m);
  t.regex((await heddle(['graph', server.path, '--remaining'])).stdout, /^still to come {3}/);
  t.regex(
    (await heddle(['graph', server.path, '-f', 'prometheus'])).stdout,
    /^heddle_limiting\{resource="memory"\} 1$/m,
  );
  await server.close();
});

test('a file that was cut off is an error in one line', async (t) => {
  const json = readFileSync(fixture('server.json'), 'utf8');
  failsWith(
    t,
    await heddle(['graph', file('cut.json', json.slice(0, 5000))]),
    /cut\.json: The snapshot is damaged or cut off/,
  );
  failsWith(t, await heddle(['graph', file('empty.json', '')]), /not a snapshot, nor any JSON/);
  failsWith(t, await heddle(['graph', file('escapes.json', '\u001b[2J\n\u0000')]), /Unexpected token '\\u\{1b\}'/);
});

test('a file of another version, or of something else, is an error in one line', async (t) => {
  failsWith(
    t,
    await heddle(['graph', file('v2.json', '{"format":"heddle.snapshot","version":2}')]),
    /of version 2.*reads version 1/,
  );
  failsWith(t, await heddle(['graph', file('other.json', '{"name":"x"}')]), /not a snapshot of heddle/);
});

test('a file that is not there, or is a directory, is an error in one line', async (t) => {
  failsWith(t, await heddle(['graph', join(directory, 'nowhere.json')]), /there is no such file/);
  failsWith(t, await heddle(['graph', directory]), /it is a directory/);
});

test('a process that is dead, or has no socket, is an error in one line', async (t) => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  failsWith(t, await heddle(['graph', String(pid)]), new RegExp(`There is no process ${pid}`));
  failsWith(
    t,
    await heddle(['graph', String(process.ppid)]),
    /runs, but has no socket .* only `main` of heddle opens one/,
  );
  // `kill` takes it for the group of processes that it is called in.
  failsWith(t, await heddle(['graph', '0']), /There is no process 0/);
});

// The next three have two users, which only root can do.
(process.getuid?.() === 0 ? test : test.skip)("another user's process is an error in one line", async (t) => {
  // 65534 is nobody, who may not signal this process.
  failsWith(t, await heddle(['graph', String(process.pid)], { uid: 65_534 }), /is another user's/);
});

(process.getuid?.() === 0 ? test : test.skip)(
  "the administrator reads why another user's process is not shown",
  async (t) => {
    const other = spawn('sleep', ['60'], { uid: 65_534, gid: 65_534 });
    await once(other, 'spawn');
    failsWith(t, await heddle(['graph', String(other.pid)]), /is another user's: run heddle as that user/);
    other.kill();
  },
);

(process.getuid?.() === 0 ? test : test.skip)("another user's socket is an error in one line", async (t) => {
  const server = await openInspectionServer({ pid: 1_000_002, title: 'tested', snapshot: async () => snapshot });
  failsWith(t, await heddle(['graph', server.path], { uid: 65_534 }), /you may not|is another user's/);
  await server.close();
});

test('a socket that nobody listens at, and one of something else, are errors in one line', async (t) => {
  const path = join(directory, 'x.sock');
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  failsWith(t, await heddle(['graph', path]), /Nobody listens at/);
  const other = createServer((socket) => socket.end('hello\n')).listen(join(directory, 'y.sock'));
  await once(other, 'listening');
  failsWith(t, await heddle(['graph', join(directory, 'y.sock')]), /does not greet like a heddle program/);
  other.close();
});

test('wrong usage is told in one line, with exit code 2', async (t) => {
  failsWith(t, await heddle(['graph']), /missing required argument 'target': process id \(heddle ps lists them\)/, 2);
  failsWith(t, await heddle(['graph', 'x', '--limit', 'none']), /Expected an integer ≥ 1/, 2);
  failsWith(
    t,
    await heddle(['graph', 'x', '--format', 'pdf']),
    /Allowed choices are text, json, dot, mermaid, svg, html, prometheus/,
    2,
  );
  failsWith(t, await heddle(['graph', 'x', '--watch', '--since', 'y']), /cannot be used with/, 2);
  failsWith(t, await heddle(['graph', 'x', '--live', '--watch']), /cannot be used with/, 2);
  failsWith(t, await heddle(['graph', 'x', '--live', '65536']), /from 0 to 65535/, 2);
  failsWith(t, await heddle(['graph', 'x', '--by', 'name']), /Allowed choices are waiting, oldest, cpu, arrivals/, 2);
  for (const again of [['--watch'], ['--live'], ['--diff', '1'], ['-'], ['--since', '-']])
    failsWith(t, await heddle(['graph', '-', ...again]), /standard input can be read once/, 2);
  failsWith(t, await heddle(['graph', 'x', '--diff', '0']), /Expected seconds/, 2);
  failsWith(t, await heddle(['serve', '--port', '65536']), /from 0 to 65535/, 2);
  failsWith(
    t,
    await heddle(['graph', '--watch', '4711']),
    /'target': .*; give it before '--watch', which has taken/,
    2,
  );
  failsWith(t, await heddle(['graph', '-l', '4711']), /'target': .*; give it before '--live', which has taken/, 2);
  failsWith(
    t,
    await heddle(['graph', '-w', 'a.json']),
    /'a\.json' is invalid\. .* The target goes before this option\.$/m,
    2,
  );
  failsWith(t, await heddle(['grahp']), /unknown command 'grahp' \(Did you mean graph\?\)$/m, 2);
  failsWith(t, await heddle(['top']), /unknown command 'top': there are check, .*, ps, run, serve, help$/m, 2);
  failsWith(t, await heddle(['help', 'top']), /unknown command 'top': there are check, .*, ps, run, serve, help$/m, 2);
  failsWith(t, await heddle(['serve', '--host', '']), /'--host <name>' .* Expected an address of this machine\.$/m, 2);
  failsWith(t, await heddle(['ps', '--all']), /unknown option '--all'; see `heddle ps --help`$/m, 2);
  failsWith(t, await heddle(['--all']), /unknown option '--all'; see `heddle --help`$/m, 2);
  failsWith(t, await heddle(['\u001b[2J\n']), /unknown command '\\u\{1b\}\[2J/, 2);
});
