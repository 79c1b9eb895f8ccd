import type { Phase } from '../phase.js';
import type { Scenario } from '../scenario.js';
import { computing, cpu } from './cpu.js';
import { mixed } from './memory.js';

/** Half of the peak, then `load` times the peak, then half of it again. */
function crowdPhases(load: number): readonly Phase[] {
  return [
    { name: 'before', seconds: 3, load: 0.5, measured: true },
    { name: 'crowd', seconds: 6, load, measured: true },
    { name: 'after', seconds: 5, load: 0.5, measured: true },
  ];
}

export const crowd: Scenario = {
  ...cpu,
  name: 'crowd',
  about: 'cpu at half of the peak, with a crowd for six seconds',
  loads: [8],
  phases: crowdPhases,
};

export const crowdMixed: Scenario = {
  ...mixed,
  name: 'crowd-mixed',
  about: 'mixed at half of the peak, with a crowd for six seconds',
  loads: [8],
  phases: crowdPhases,
};

export const change: Scenario = {
  ...cpu,
  name: 'change',
  about: 'cpu; its work becomes ten times dearer for eight seconds',
  loads: [0.8],
  phases: (load) => [
    { name: 'before', seconds: 3, load, measured: true },
    { name: 'dearer', seconds: 8, load, measured: true, cost: 10 },
    { name: 'after', seconds: 6, load, measured: true },
  ],
};

export const retries: Scenario = {
  ...cpu,
  name: 'retries',
  about: 'cpu at 0.85 of the peak with two seconds of a crowd; clients repeat what failed up to three times',
  loads: [4],
  retries: 3,
  phases: (load) => [
    { name: 'before', seconds: 3, load: 0.85, measured: true },
    { name: 'crowd', seconds: 2, load, measured: true },
    { name: 'after', seconds: 8, load: 0.85, measured: true },
  ],
};

const light = computing(0.2);

export const slowClients: Scenario = {
  name: 'slow-clients',
  about: 'light (0.2 ms) beside 2,000 connections that send a byte a second',
  classes: [{ name: 'light', share: 1 }],
  oldSpaceMb: 256,
  descriptors: 1024,
  loads: [0.5],
  slowClients: 2000,
  work: (world) => ({ light: light(world) }),
};
