import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { registerCompletionHandler } from 'ava';
import { HealthProbe } from '../../bench/overload/generator/health-probe.js';
import type { Gate } from '../../bench/overload/rivals/gate.js';
import { serveUnderPressure } from '../../bench/overload/rivals/under-pressure.js';
import { servePlain } from '../../bench/overload/servers/plain.js';
import type { Work } from '../../bench/overload/scenario.js';

// These servers end with their process.
registerCompletionHandler(() => process.exit());

const nothing: Work = { plain() {}, *fiber() {} };
const routes = new Map([
  ['/health', nothing],
  ['/work', nothing],
]);

/** The status of an answer. */
function ask(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    request.on('error', reject);
  });
}

test('who asks for /health passes every gate of a rival', async (t) => {
  const shut: Gate = { enter: (_begin, refuse) => refuse(), leave: () => t.fail() };
  const port = await new Promise<number>((announce) => servePlain(routes, shut, 64, announce));
  t.is(await ask(port, '/work'), 503);
  t.is(await ask(port, '/health'), 200);
});

test('and the thresholds of under-pressure', async (t) => {
  // A process that is much larger than it allows.
  const { memoryUsage } = process;
  process.memoryUsage = Object.assign(() => ({ ...memoryUsage(), rss: 2 ** 40 }), { rss: () => 2 ** 40 });
  t.teardown(() => void (process.memoryUsage = memoryUsage));
  const port = await new Promise<number>((announce) => void serveUnderPressure(routes, 64, announce));
  // It looks at the process once a second.
  while ((await ask(port, '/work')) !== 503);
  t.is(await ask(port, '/health'), 200);
});

test('a checker asks while servers warm up, too: its connection is not closed for being idle', async (t) => {
  const connections = new Set<unknown>();
  let asked = 0;
  let seen = (): void => {};
  const twice = new Promise<void>((resolve) => (seen = resolve));
  const server = createServer(({ socket }, response) => {
    connections.add(socket);
    response.end();
    if (++asked === 2) seen();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const probe = new HealthProbe((server.address() as AddressInfo).port, 5000);
  probe.open();
  await twice;
  t.is(connections.size, 1);
  probe.stop();
  server.close();
});
