import { measureCell } from './cell.js';
import { figuresOf, goodput } from './figures.js';
import type { Peak } from './peak.js';
import type { Scenario } from './scenario.js';
import type { Settings } from './settings.js';
import type { StaticSetting } from './subject.js';

const limits = [4, 8, 16, 32, 64, 128, 256] as const;
const backlogs = [4, 16, 64, 160] as const;

/** Where no single setting is right, the one that is right here is taken. */
const scanLoad = 4;

/** The pair of limit and backlog with the best goodput at four times the peak: what a careful operator would find. */
export async function scanStatic(
  scenario: Scenario,
  settings: Settings,
  peak: Peak,
  progress: (text: string) => void,
): Promise<StaticSetting> {
  // The scenario's profile would make each try as long as a measurement.
  const { phases: _phases, ...constant } = scenario;
  const short: Settings = { ...settings, warmUpSeconds: 1, seconds: settings.quick ? 1 : 2, health: false };
  let best: { readonly setting: StaticSetting; readonly goodput: number } | undefined;
  for (const limit of settings.quick ? limits.filter((one) => one === 8 || one === 64) : limits) {
    for (const backlog of settings.quick ? ([64] as const) : backlogs) {
      const setting = { limit, backlog };
      progress(`${scenario.name}: looks for the best static limit, ${limit}:${backlog}`);
      const load = scenario.slowClients === undefined ? scanLoad : scenario.loads![0]!;
      const cell = await measureCell(constant, short, { subject: 'static', setting }, load, peak);
      const reached = cell.exit === null ? figuresOf(constant, cell, peak)[goodput]! : 0;
      if (best === undefined || reached > best.goodput) best = { setting, goodput: reached };
    }
  }
  return best!.setting;
}
