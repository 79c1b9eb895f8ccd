import type { Metric } from '../metric.js';
import type { CellResult } from './cell.js';
import type { Second } from './generator/assignment.js';
import type { Peak } from './peak.js';
import type { Scenario } from './scenario.js';

/** The numbers of one cell by the names under which they are reported; where there is none, the name is absent. */
export type Figures = Readonly<Record<string, number>>;

/**
 * Good answers by the peak, each class weighted by its cost; where the load changes, by what was possible: what was offered, or
 * the peak if that is less. Everything is ordered by it.
 */
export const goodput = 'goodput/peak';

/**
 * Of the good answers only: who answers few of them may have the best. So it says
 * how good the good ones are, and not who does better.
 */
export const goodP99Ms = 'good answers p99 ms';
export const goodMedianMs = 'good answers median ms';

/** 1 where the generator was at its own limit: what was measured is then the least that the server can do. */
export const generatorSaturated: Metric = { name: 'generator saturated', better: 'lower', condition: true };

/** From here on a phase counts as mastered. */
const mastered = 0.95;

/** The names of a phase's figures. */
export function phaseFigures(phase: string): {
  readonly firstSecond: string;
  readonly afterIt: string;
  readonly secondsUntilMastered: string;
} {
  return {
    firstSecond: `${phase} goodput/possible in its first second`,
    afterIt: `${phase} goodput/possible after it`,
    secondsUntilMastered: `${phase} seconds until ${mastered}`,
  };
}

export function figuresOf(
  scenario: Scenario,
  { open, cpuMicroseconds, exit, ...rest }: CellResult,
  peak: Peak,
): Figures {
  const figures: Record<string, number> = {};
  const set = (name: string, value: number | null | undefined): void => {
    if (value != null && Number.isFinite(value)) figures[name] = value;
  };
  const { all, classes, own, health, seconds } = open;
  const timeline = open.timeline.map((second) => secondOf(scenario, second, peak));
  const good = timeline.reduce((sum, second) => sum + second.good, 0);
  const possible = timeline.reduce((sum, second) => sum + second.possible, 0);
  set(goodput, good / (scenario.phases === undefined ? seconds : possible));
  if (classes.length > 1) set('goodput/peak by count', all.outcomes.good / seconds / peak.rate);
  for (const [phase, of] of scenario.phases === undefined ? [] : byPhase(timeline)) {
    const names = phaseFigures(phase);
    set(names.firstSecond, share(of.slice(0, 1)));
    set(names.afterIt, share(of.slice(1)));
    const reached = of.findIndex((_, index) => share(of.slice(index, index + 1)) >= mastered);
    set(names.secondsUntilMastered, reached === -1 ? of.length : reached);
  }
  set('served share', all.outcomes.good / all.arrivals);
  set(goodMedianMs, all.p50);
  set(goodP99Ms, all.p99);
  if (classes.length > 1)
    for (const { name, arrivals, outcomes, p99 } of classes) {
      set(`${name} served share`, outcomes.good / arrivals);
      set(`${name} ${goodP99Ms}`, p99);
    }
  const { good: _good, ...failures } = all.outcomes;
  for (const [name, count] of Object.entries(failures)) set(`${name} share`, count / all.arrivals);
  if (cpuMicroseconds !== null) set('server cpu µs/good request', cpuMicroseconds / all.outcomes.good);
  set('exits', exit === null ? 0 : 1);
  set('exit after s', exit?.afterSeconds);
  set('unhandled errors', rest.unhandled);
  set('descriptors left', difference(rest.after.descriptors, rest.before.descriptors));
  set('fibers left', difference(rest.after.fibers, rest.before.fibers));
  if (scenario.retries !== undefined) set('retries/request', open.retried / all.arrivals);
  if (health !== null) {
    set('health answered share', health.answered / health.asked);
    set('health slowest ms', health.slowest);
  }
  set('generator cpu share', own.cpuShare);
  set('generator loop delay p99 ms', own.loopDelayP99Ms);
  set('generator sent late p99 ms', own.sentLateP99Ms);
  set(generatorSaturated.name, own.saturated ? 1 : 0);
  return figures;
}

/** A second, in shares of the peak. */
interface WeighedSecond {
  readonly phase: string;
  readonly good: number;
  readonly possible: number;
}

/** Each class counts as much as it costs. */
export function secondOf(scenario: Scenario, { phase, cost, good, sent }: Second, peak: Peak): WeighedSecond {
  const weigh = (counts: readonly number[]): number =>
    counts.reduce((sum, count, index) => sum + count * peak.costs[index]!, 0);
  const most = peak.rate * weigh(scenario.classes.map(({ share: part }) => part));
  const capacity = peak.rateAtCost[cost]! / peak.rate;
  return { phase, good: weigh(good) / most, possible: Math.min(weigh(sent) / most, capacity) };
}

function byPhase(seconds: readonly WeighedSecond[]): ReadonlyMap<string, readonly WeighedSecond[]> {
  const phases = new Set(seconds.map(({ phase }) => phase));
  return new Map([...phases].map((name) => [name, seconds.filter(({ phase }) => phase === name)]));
}

function share(seconds: readonly WeighedSecond[]): number {
  const good = seconds.reduce((sum, second) => sum + second.good, 0);
  return good / seconds.reduce((sum, second) => sum + second.possible, 0);
}

function difference(after: number | null, before: number | null): number | null {
  return after === null || before === null ? null : after - before;
}
