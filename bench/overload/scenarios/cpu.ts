import { sleep } from 'heddle';
import { setTimeout as elapse } from 'node:timers/promises';
import { oneClass, type Scenario, type Work, type World } from '../scenario.js';
import { spin } from '../jobs/spin.js';

/** `ms` of processor time in one piece. */
export const computing =
  (ms: number): ((world: World) => Work) =>
  (world) => ({
    plain: () => void spin(ms * world.cost()),
    *fiber() {
      spin(ms * world.cost());
    },
  });

const one = computing(1);
const small = computing(0.2);

export const cpu: Scenario = {
  name: 'cpu',
  about: '1 ms of processor time',
  classes: oneClass,
  work: (world) => ({ work: one(world) }),
};

export const cpuKeepAlive: Scenario = {
  ...cpu,
  name: 'cpu-keep-alive',
  about: '1 ms of processor time, over connections that are kept, as many as are needed',
  connections: 'keep-alive',
};

export const cpuSmall: Scenario = {
  name: 'cpu-small',
  about: '0.2 ms of processor time',
  classes: oneClass,
  work: (world) => ({ work: small(world) }),
};

export const cpuSmallKeepAlive: Scenario = {
  ...cpuSmall,
  name: 'cpu-small-keep-alive',
  about: '0.2 ms of processor time, over connections that are kept, as many as are needed',
  connections: 'keep-alive',
};

export const cpuSmallPooled: Scenario = {
  ...cpuSmall,
  name: 'cpu-small-pooled',
  about: '0.2 ms of processor time, over 256 connections that are kept, with a queue of the client in front',
  connections: 'pooled',
};

const lateWaitMs = 200;

export const lateCpu: Scenario = {
  name: 'late-cpu',
  about: '0.05 ms, a wait of 200 ms, then 5 ms of processor time',
  classes: oneClass,
  work: () => ({
    work: {
      async plain() {
        spin(0.05);
        await elapse(lateWaitMs);
        spin(5);
      },
      *fiber() {
        spin(0.05);
        yield* sleep(lateWaitMs);
        spin(5);
      },
    },
  }),
};
