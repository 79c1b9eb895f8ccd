import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { basename, join } from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import test from 'ava';
import { converse } from '#src/inspect/client.js';
import { fetchSnapshot } from '#src/inspect/fetch-snapshot.js';
import { openInspectionServer } from '#src/inspect/inspection-server.js';
import { listPrograms } from '#src/inspect/list-programs.js';
import { socketDirectory, socketPath } from '#src/inspect/socket-path.js';
import { readLines } from '#src/inspect/read-lines.js';
import { server as snapshot } from '../blocking-graph/hostile.js';
import { useOwnRuntimeDirectory } from './directory.js';

useOwnRuntimeDirectory();
// Each server in this file watches for the end of the process.
process.setMaxListeners(30);

/** Each test has a process id of its own; that of a dead process where it matters. */
let nextPid = 0;
function open(take = async () => snapshot): ReturnType<typeof openInspectionServer> {
  return openInspectionServer({ pid: ++nextPid, title: 'tested', snapshot: take });
}

/** A process id that was somebody's a moment ago. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

/** Speaks by hand. */
async function talk(path: string, say: (socket: Socket) => void, lines: number): Promise<unknown[]> {
  const socket = createConnection(path);
  const heard: unknown[] = [];
  const reader = readLines(socket, 1e9);
  for (let i = 0; i < lines; i++) {
    // Who is hung up on before all was read that he sent, sees a reset.
    const { value, done } = await reader.next().catch(() => ({ value: null, done: true }));
    if (done === true) break;
    heard.push(JSON.parse(value!));
    if (i === 0) say(socket);
  }
  socket.destroy();
  return heard;
}

test('a snapshot comes through the socket as it was taken', async (t) => {
  const server = await open();
  t.deepEqual(await fetchSnapshot(server.path), snapshot);
  await server.close();
});

test('only its owner may use the socket, and closing removes it', async (t) => {
  const server = await open();
  t.is(statSync(server.path).mode & 0o777, 0o600);
  await server.close();
  t.false(existsSync(server.path));
  await t.throwsAsync(fetchSnapshot(server.path), { code: 'ERR_HEDDLE_INSPECTION', message: /There is no socket/ });
});

test('whoever asks while a snapshot is taken shares it', async (t) => {
  let taken = 0;
  let release: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = await open(async () => {
    taken++;
    await gate;
    return snapshot;
  });
  const answers = Promise.all(
    [1, 2, 3].map(() => talk(server.path, (socket) => socket.write('{"id":1,"request":"snapshot"}\n'), 2)),
  );
  // All three have asked once a fourth connection, which came after them, has had an answer.
  await talk(server.path, (socket) => socket.write('{"id":1,"request":"?"}\n'), 2);
  release();
  t.is((await answers).length, 3);
  t.is(taken, 1);
  await server.close();
});

test('rubbish is answered by an error, and the next request by what it asks for', async (t) => {
  const server = await open();
  const pid = Number(basename(server.path, '.sock'));
  const rubbish = 'GET / HTTP/1.1\n{"id":-1}\n{"id":7,"request":"shutdown"}\n{"id":8,"request":"snapshot"}\n';
  const [greeting, ...replies] = (await talk(server.path, (socket) => socket.write(rubbish), 5)) as Record<
    string,
    unknown
  >[];
  t.like(greeting, { heddle: 1, pid, title: 'tested', node: process.version });
  t.regex(String(replies[0]?.['error']), /not a request/);
  t.regex(String(replies[1]?.['error']), /not a request: Expected `id`/);
  t.deepEqual(replies[2], { id: 7, error: 'unknown request: there is only `snapshot`' });
  t.deepEqual(replies[3], { id: 8, snapshot });
  await server.close();
});

test('a request without end is refused, and its sender hung up on', async (t) => {
  const server = await open();
  const heard = await talk(server.path, (socket) => socket.write('x'.repeat(100_000)), 3);
  t.is(heard.length, 2);
  t.like(heard[1], { id: 0, error: 'a request is at most 1024 characters long' });
  t.deepEqual(await fetchSnapshot(server.path), snapshot);
  await server.close();
});

test('clients that go away in the middle harm nobody', async (t) => {
  const server = await open();
  for (let i = 0; i < 20; i++) {
    const socket = createConnection(server.path);
    await once(socket, 'connect');
    socket.write('{"id":1,"request":"snapshot"}\n{"id":');
    socket.destroy();
  }
  t.deepEqual(await fetchSnapshot(server.path), snapshot);
  await server.close();
});

test('there is room for a few at a time, and for others when these have gone', async (t) => {
  const server = await open();
  const idle = Array.from({ length: 8 }, () => createConnection(server.path));
  await Promise.all(idle.map((socket) => once(socket, 'data')));
  await t.throwsAsync(fetchSnapshot(server.path), { code: 'ERR_HEDDLE_INSPECTION', message: /hung up/ });
  const closed = idle.map((socket) => once(socket, 'close'));
  for (const socket of idle) socket.end();
  await Promise.all(closed);
  t.deepEqual(await fetchSnapshot(server.path), snapshot);
  await server.close();
});

test('a snapshot that fails is an error of who asked', async (t) => {
  const server = await open(async () => {
    throw new Error('out of order');
  });
  await t.throwsAsync(fetchSnapshot(server.path), {
    code: 'ERR_HEDDLE_INSPECTION',
    message: /gives no snapshot: out of order/,
  });
  await server.close();
});

test('a program that does not answer in time is given up', async (t) => {
  const server = await open(() => new Promise(() => {}));
  await t.throwsAsync(fetchSnapshot(server.path, { limitMs: 50 }), {
    code: 'ERR_HEDDLE_INSPECTION',
    message: /did not answer within 0\.05 s/,
  });
  await server.close();
});

test('something else behind a socket is not taken for a program', async (t) => {
  const path = join(socketDirectory(), 'other.sock');
  const say = async (line: string, message: RegExp): Promise<void> => {
    const other = createServer((socket) => {
      socket.on('error', () => {}).resume();
      socket.end(line);
    }).listen(path);
    await once(other, 'listening');
    await t.throwsAsync(fetchSnapshot(path), { code: 'ERR_HEDDLE_INSPECTION', message });
    await new Promise((resolve) => other.close(resolve));
  };
  await say('220 mail.example.org\r\n', /does not greet like a heddle program/);
  await say(
    '{"heddle":2,"pid":1,"title":"","node":"","version":"9.0.0"}\n',
    /version 2 of the protocol.*use heddle 9\.0\.0/,
  );
  await say('', /hung up/);
  const greeting = '{"heddle":1,"pid":1,"title":"","node":"","version":"0.1.0"}\n';
  await say(`${greeting}nonsense\n`, /does not speak heddle's protocol: Unexpected token/);
  await say(`${greeting}{"id":"x"}\n`, /does not speak heddle's protocol: Expected `id`/);
});

test('lines are the same however their bytes are cut, and none is longer than it may be', async (t) => {
  const bytes = Buffer.from('añ€😀\n\nzwei 2\nrest');
  const read = async (cuts: readonly number[], longest: number): Promise<(string | null)[]> => {
    const ends = [...cuts, bytes.length];
    const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
    const lines: (string | null)[] = [];
    for await (const line of readLines(Readable.from(chunks, { objectMode: false }), longest)) lines.push(line);
    return lines;
  };
  for (let first = 1; first < bytes.length; first++)
    for (let second = first + 1; second < bytes.length; second++) {
      t.deepEqual(await read([first, second], 6), ['añ€😀', '', 'zwei 2']);
      t.deepEqual(await read([first, second], 5), ['añ€😀', '', null]);
    }
  t.deepEqual(await read([], 4), [null]);
});

test('a program that is killed while it is asked has hung up', async (t) => {
  const server = await open();
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  await t.throwsAsync(
    converse(server.path, 60_000, () => Promise.reject(reset)),
    { code: 'ERR_HEDDLE_INSPECTION', message: /hung up: it has just ended/ },
  );
  await server.close();
});

test('the socket of a dead process of the same number is replaced, that of a live one is not', async (t) => {
  const pid = ++nextPid;
  await leaveSocket(pid);
  t.true(existsSync(socketPath(pid)));
  const server = await openInspectionServer({ pid, title: 'heir', snapshot: async () => snapshot });
  t.deepEqual(await fetchSnapshot(server.path), snapshot);
  await t.throwsAsync(openInspectionServer({ pid, title: 'second', snapshot: async () => snapshot }), {
    code: 'ERR_HEDDLE_INSPECTION',
    message: /Somebody listens/,
  });
  await server.close();
});

test('the socket of a program that is too busy to answer is left to it', async (t) => {
  const pid = ++nextPid;
  const busy = createServer((socket) => void socket.resume()).listen(socketPath(pid));
  await once(busy, 'listening');
  await t.throwsAsync(openInspectionServer({ pid, title: 'second', snapshot: async () => snapshot }), {
    code: 'ERR_HEDDLE_INSPECTION',
    message: /Somebody listens/,
  });
  t.true(existsSync(socketPath(pid)));
  busy.close();
});

/** As a process leaves it that is killed. */
async function leaveSocket(pid: number): Promise<void> {
  mkdirSync(socketDirectory(), { recursive: true });
  const script = `require('net').createServer().listen(${JSON.stringify(socketPath(pid))}, () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', script]), 'exit');
}

test('an open server and who looks do not keep its process alive, and its socket goes when the process exits', (t) => {
  const module = new URL('../../../dist/inspect/inspection-server.js', import.meta.url).href;
  const script = `
    import { once } from 'node:events';
    import { createConnection } from 'node:net';
    import { openInspectionServer } from ${JSON.stringify(module)};
    const { path } = await openInspectionServer({ pid: process.pid, title: 'short', snapshot: async () => ({}) });
    const client = createConnection(path);
    await once(client, 'data');
    client.unref();
    console.log(path);`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  t.is(status, 0);
  t.regex(stdout, /\.sock\n$/);
  t.false(existsSync(stdout.trim()));
});

test('programs are listed by process id, and sockets of dead ones are cleared away', async (t) => {
  const dead = deadPid();
  // It lives, but has only inherited the number.
  const heir = process.ppid;
  await leaveSocket(heir);
  await leaveSocket(dead);
  writeFileSync(join(socketDirectory(), 'notes.txt'), '');
  const server = await openInspectionServer({ pid: process.pid, title: 'listed', snapshot: async () => snapshot });
  const last = await openInspectionServer({ pid: 1_000_001, title: 'last', snapshot: async () => snapshot });
  const first = await open();
  const programs = await listPrograms();
  const ours = programs.find(({ pid }) => pid === process.pid);
  t.like(ours, { socket: server.path, greeting: { title: 'listed' } });
  t.false(programs.some(({ pid }) => pid === dead || pid === heir));
  t.deepEqual([existsSync(socketPath(dead)), existsSync(socketPath(heir))], [false, true]);
  await Promise.all([server, last, first].map((one) => one.close()));
  const pids = programs.map(({ pid }) => pid);
  t.deepEqual([pids.includes(1_000_001), pids], [true, pids.toSorted((a, b) => a - b)]);
});
