import { createInterface } from 'node:readline';
import { CodelQueue } from '../rivals/codel-queue.js';
import { openGate } from '../rivals/gate.js';
import { Gradient2Limit } from '../rivals/gradient2-limit.js';
import { StaticLimit } from '../rivals/static-limit.js';
import { serveUnderPressure } from '../rivals/under-pressure.js';
import { findScenario } from '../scenarios/catalogue.js';
import type { Work, World } from '../scenario.js';
import { serveHeddle } from './heddle.js';
import { serveHeddleFastify } from './heddle-fastify.js';
import type { ServerOrder, ServerUsage } from './order.js';
import { servePlain, type Routes } from './plain.js';

/**
 * Without a word about it, in every rival but `static`, which has its own: long
 * enough for no burst, short enough for the deadline.
 */
const shortBacklog = 64;
const longerBacklog = 160;

/**
 * Runs one subject's server. It prints its port, then reads lines: `usage` is answered by a line of JSON, `cost N` makes the
 * work N times as dear. It ends when its standard input does.
 */
export async function serve(order: ServerOrder): Promise<void> {
  let cost = 1;
  let unhandled = 0;
  process.on('unhandledRejection', () => unhandled++);
  const world: World = { cost: () => cost, poolPort: order.poolPort };
  const fibers = await start(order, makeRoutes(order.scenario, world), (port) => process.stdout.write(`${port}\n`));

  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const [command, argument] = line.split(' ');
      if (command === 'cost') cost = Number(argument);
      else process.stdout.write(`${JSON.stringify(usage(fibers, unhandled))}\n`);
    })
    .on('close', () => process.exit(0));
}

function usage(fibers: (() => number) | null, unhandled: number): ServerUsage {
  const { user, system } = process.cpuUsage();
  return { cpuMicroseconds: user + system, fibers: fibers?.() ?? null, unhandled };
}

function makeRoutes(scenario: string, world: World): Routes {
  const health: Work = { plain() {}, *fiber() {} };
  const work = Object.entries(findScenario(scenario).work(world));
  return new Map([['/health', health], ...work.map(([name, one]): [string, Work] => [`/${name}`, one])]);
}

/** Answers how to count the subject's fibers, if it has any. */
async function start(
  order: ServerOrder,
  routes: Routes,
  announce: (port: number) => void,
): Promise<(() => number) | null> {
  const scheduling = Object.fromEntries(order.without.map((name) => [name, false]));
  switch (order.subject) {
    case 'heddle':
      return serveHeddle(routes, { goal: order.goal, scheduling }, announce);
    case 'heddle-uncontrolled':
      return serveHeddle(routes, { backlog: shortBacklog, scheduling }, announce);
    case 'heddle-fastify':
      return serveHeddleFastify(routes, { goal: order.goal, scheduling }, announce);
    case 'static': {
      const { limit, backlog } = order.setting!;
      servePlain(routes, new StaticLimit(limit), backlog, announce);
      return null;
    }
    case 'node:http':
      servePlain(routes, openGate, shortBacklog, announce);
      return null;
    case 'node:http-160':
      servePlain(routes, openGate, longerBacklog, announce);
      return null;
    case 'codel':
      servePlain(routes, new CodelQueue(), shortBacklog, announce);
      return null;
    case 'gradient2':
      servePlain(routes, new Gradient2Limit(), shortBacklog, announce);
      return null;
    case 'under-pressure':
      await serveUnderPressure(routes, shortBacklog, announce);
      return null;
  }
}
