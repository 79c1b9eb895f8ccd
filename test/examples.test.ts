import { spawn, type ChildProcess } from 'node:child_process';
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect, createServer as createRawServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';

/** Runs an example no longer than the test. */
function run(t: ExecutionContext, name: string, ...args: string[]): ChildProcess & { readonly stdout: Readable } {
  const child = spawn(process.execPath, [`build/examples/${name}.js`, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => void child.kill('SIGKILL'));
  return child;
}

/** The first line it prints says which port it has. */
async function start(
  t: ExecutionContext,
  name: string,
  ...args: string[]
): Promise<{ child: ChildProcess; port: number }> {
  const child = run(t, name, ...args);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, port: Number(/ (\d+)/.exec(line)?.[1]) };
}

async function stop(child: ChildProcess): Promise<number | null> {
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

/** Resolves when `socket` has received `text`. */
async function receives(socket: Socket, text: string): Promise<void> {
  let received = '';
  for await (const chunk of socket) {
    received += String(chunk);
    if (received.includes(text)) return;
  }
  throw new Error(`the connection ended after '${received}', without '${text}'`);
}

/** A socket that can be read in turns. */
function open(port: number): Socket {
  return connect(port, '127.0.0.1');
}

test('echo sends back what it receives, and stops on SIGTERM', async (t) => {
  const { child, port } = await start(t, 'echo', '0');
  const socket = open(port);
  socket.write('warp and weft');
  await receives(socket, 'warp and weft');
  t.is(await stop(child), 143);
});

test('chat passes the lines of one guest to the others', async (t) => {
  const { child, port } = await start(t, 'chat', '0');
  const [ann, ben] = [open(port), open(port)];
  ann.write('ann\n');
  ben.write('ben\n');
  const heard = receives(ben, 'ann: hello');
  const shout = setInterval(() => ann.write('hello\n'), 20);
  await heard;
  clearInterval(shout);
  t.is(await stop(child), 143);
});

test('the proxy forwards both directions', async (t) => {
  const echo = await start(t, 'echo', '0');
  const proxy = await start(t, 'proxy', '0', '127.0.0.1', String(echo.port));
  const socket = open(proxy.port);
  socket.write('through');
  await receives(socket, 'through');
  t.is(await stop(proxy.child), 143);
  t.is(await stop(echo.child), 143);
});

test('the proxy passes on the answer for a client that has ended its side', async (t) => {
  const target = createRawServer({ allowHalfOpen: true }, (socket) => {
    socket.on('end', () => void setTimeout(20).then(() => socket.end('late answer'))).resume();
  }).listen(0, '127.0.0.1');
  t.teardown(() => void target.close());
  await once(target, 'listening');
  const proxy = await start(t, 'proxy', '0', '127.0.0.1', String((target.address() as AddressInfo).port));
  const socket = open(proxy.port);
  socket.end('question');
  await receives(socket, 'late answer');
  t.is(await stop(proxy.child), 143);
});

test('the crawler visits every page of a site once, and stays on it', async (t) => {
  const visits: string[] = [];
  const site = createServer((request, response) => {
    visits.push(request.url!);
    response.setHeader('content-type', 'text/html');
    response.end('<a href="/a">a</a> <a href="/b#x">b</a> <a href="http://elsewhere.invalid/">no</a>');
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { port } = site.address() as AddressInfo;
  const child = run(t, 'crawler', `http://127.0.0.1:${port}/`);
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += String(chunk)));
  const [code] = await once(child, 'close');
  site.close();
  t.is(code, 0);
  t.deepEqual(visits.toSorted(), ['/', '/a']);
  t.regex(printed, /^2 pages of .*, 0 failed/);
});

test('the worker pool hashes all jobs', async (t) => {
  const child = run(t, 'worker-pool', '3');
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += String(chunk)));
  const [code] = await once(child, 'close');
  t.is(code, 0);
  t.deepEqual(
    printed
      .trim()
      .split('\n')
      .map((line) => line.length),
    [64, 64, 64],
  );
});

/** The status of an answer that has come whole, and `Retry-After` where it has one. */
async function ask(agent: Agent, port: number, path: string): Promise<string> {
  const [response] = (await once(get({ agent, host: '127.0.0.1', port, path }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return [response.statusCode, response.headers['retry-after']].join(' ').trim();
}

test('under overload the server answers what it can, tells the others when to come back, and stays healthy', async (t) => {
  const { child, port } = await start(t, 'overload', '0');
  const crowd = new Agent({ keepAlive: true, maxSockets: 40 });
  const balancer = new Agent({ keepAlive: true });
  // Some seconds of the processor are asked for at once, by clients that want an answer within half of one.
  const asked = Array.from({ length: 400 }, (_, n) => ask(crowd, port, `/report/${n}`));
  for (let n = 0; n < 5; n++) t.is(await ask(balancer, port, '/health'), '200');
  const answers = await Promise.all(asked);
  crowd.destroy();
  balancer.destroy();
  const answered = answers.filter((answer) => answer === '200').length;
  const refused = answers.filter((answer) => answer === '503 1').length;
  t.true(answered > 0);
  t.true(refused > 0);
  t.is(answered + refused, 400);
  t.is(await stop(child), 143);
});

/** The status of the answer. Comes back when told to: a machine that is busy makes the service refuse some. */
async function post(url: string, body: string): Promise<number> {
  for (;;) {
    const { status } = await fetch(url, { method: 'POST', body });
    if (status !== 503) return status;
    await setTimeout(100);
  }
}

test('the service keeps its connections to the database, shows its graph, and does what it has accepted before it ends', async (t) => {
  const { child, port } = await start(t, 'service', '0');
  const lines: string[] = [];
  createInterface(child.stdout!).on('line', (line) => lines.push(line));
  const url = `http://127.0.0.1:${port}`;
  for (let n = 0; n < 3; n++) t.deepEqual(await (await fetch(`${url}/users/${n}`)).json(), [`user ${n}`]);
  t.is(await (await fetch(`${url}/health`)).text(), 'well\n');
  t.is((await fetch(`${url}/jobs`)).status, 404);
  // Each takes longer than to be accepted does.
  const accepted = await Promise.all(Array.from({ length: 60 }, (_, n) => post(`${url}/jobs`, `${n}`)));
  t.true(accepted.every((status) => status === 202));
  const metrics = await (await fetch(`${url}/metrics`)).text();
  t.regex(metrics, /^heddle_work_admitted_total\{.*kind="GET \/users".*\} 3$/m);
  // A query that is given up takes its connection with it, and nobody gets another's answer.
  const left = Array.from({ length: 20 }, (_, n) => fetch(`${url}/users/nobody`, { signal: AbortSignal.timeout(n) }));
  await Promise.allSettled(left);
  for (let n = 0; n < 20; n++) t.deepEqual(await (await fetch(`${url}/users/${n}`)).json(), [`user ${n}`]);
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  t.is((await ended)[0], 143);
  t.is(lines.length, 60);
  t.is(new Set(lines).size, 60);
});
