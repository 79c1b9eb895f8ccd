import { setImmediate as nextTurn } from 'node:timers/promises';
import { yieldNow } from 'heddle';
import type { Scenario } from '../scenario.js';
import { spin } from '../jobs/spin.js';
import { computing } from './cpu.js';

const steps = 50;
const light = computing(0.2);

export const hogs: Scenario = {
  name: 'hogs',
  about: '95 % light (0.2 ms), 5 % with 50 ms of processor time in steps of 1 ms, giving way between them',
  classes: [
    { name: 'light', share: 0.95 },
    { name: 'hog', share: 0.05 },
  ],
  work: (world) => ({
    light: light(world),
    hog: {
      async plain() {
        for (let left = steps; left > 0; left--) {
          spin(1);
          await nextTurn();
        }
      },
      *fiber() {
        for (let left = steps; left > 0; left--) {
          spin(1);
          yield* yieldNow();
        }
      },
    },
  }),
};

export const hogsCompiled: Scenario = {
  ...hogs,
  name: 'hogs-compiled',
  about: '95 % light (0.2 ms), 5 % with 50 ms of processor time that never give way; heddle compiles its program',
  compiled: true,
  work: (world) => ({
    light: light(world),
    hog: {
      plain() {
        for (let left = steps; left > 0; left--) spin(1);
      },
      *fiber() {
        for (let left = steps; left > 0; left--) spin(1);
      },
    },
  }),
};
