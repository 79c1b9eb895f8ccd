import { median } from '../harness/median.js';
import { assignmentFor } from './assignment-for.js';
import { bestPoint, type Point } from './best-point.js';
import { climb } from './climb.js';
import { runGenerator } from './generator-process.js';
import { MeasuredCpu } from './measured-cpu.js';
import type { RequestClass, Scenario } from './scenario.js';
import type { Settings } from './settings.js';
import { onStage } from './stage.js';
import { uncontrolledGoodput } from './uncontrolled-goodput.js';

/** What the uncontrolled server can do when nobody asks for more. */
export interface Peak {
  /** Requests a second, of the scenario's mix. */
  readonly rate: number;
  /** The same with work that is so many times as dear, for each factor that the scenario knows. */
  readonly rateAtCost: Readonly<Record<number, number>>;
  /** At so many clients at once. */
  readonly clients: number;
  /** Microseconds of the server's processor time that a request of each class takes, in the order of the classes. */
  readonly costs: readonly number[];
}

const clientCounts = [4, 8, 16, 32, 64] as const;

/** A class's cost is measured with so many clients: no queue, no fear for the memory. */
const clientsForCost = 4;

/** Servers that are asked for it; the median counts. V8 may collect twice as much in one process as in the next. */
const samplesOfCost = 3;

/** Few enough that ten times dearer work is done within the deadline. */
const clientsForDearWork = 8;

/** Scans the number of clients, looks again at the best, and then tries whether random arrivals get more. */
export async function findPeak(
  scenario: Scenario,
  settings: Settings,
  progress: (text: string) => void,
): Promise<Peak> {
  const { quick } = settings;
  const seconds = quick ? 0.5 : 1;
  const look = (point: Partial<Load> & Pick<Load, 'clients'>): Promise<Look> => {
    progress(`${scenario.name}: looks for the peak, ${point.clients} clients`);
    return lookAt(scenario, settings, { seconds, cost: 1, classes: scenario.classes, ...point });
  };
  const points: Point[] = [];
  for (const clients of quick ? clientCounts.filter((count) => count % 16 === 0) : clientCounts) {
    const { rate, alive } = await look({ clients });
    // More clients would end it as well.
    if (!alive) break;
    points.push({ clients, rate });
  }
  const best = await bestPoint(points, async (clients) => {
    const { rate, alive } = await look({ clients, seconds: quick ? seconds : 3 });
    return alive ? rate : 0;
  });
  if (best.rate === 0) throw new Error(`${scenario.name}: the uncontrolled server answers nobody`);
  const rate = await climb(best.rate, (offered) => {
    progress(`${scenario.name}: looks for the peak, ${offered.toFixed(0)} requests/s`);
    return uncontrolledGoodput(scenario, settings, offered);
  });

  const costs: number[] = [];
  for (const one of scenario.classes.length === 1 ? [] : scenario.classes) {
    const samples: number[] = [];
    while (samples.length < (quick ? 1 : samplesOfCost))
      samples.push((await look({ clients: clientsForCost, classes: [{ ...one, share: 1 }] })).cpuPerRequest);
    costs.push(median(samples));
  }
  const rateAtCost: Record<number, number> = { 1: rate };
  for (const { cost = 1 } of scenario.phases?.(1) ?? [])
    rateAtCost[cost] ??= (await look({ clients: clientsForDearWork, seconds: 3, cost })).rate;
  return { rate, rateAtCost, clients: best.clients, costs: costs.length === 0 ? [1] : costs };
}

interface Load {
  readonly clients: number;
  readonly seconds: number;
  readonly cost: number;
  readonly classes: readonly RequestClass[];
}

interface Look {
  readonly rate: number;
  readonly cpuPerRequest: number;
  /** Whether the server was still there afterwards. */
  readonly alive: boolean;
}

/** A closed loop. */
function lookAt(scenario: Scenario, settings: Settings, load: Load): Promise<Look> {
  return onStage(scenario, settings, { subject: 'node:http' }, async (server) => {
    server.setCost(load.cost);
    const cpu = new MeasuredCpu(server);
    const { rate, answered } = await runGenerator(
      {
        kind: 'closed',
        ...assignmentFor(scenario, settings, server),
        classes: load.classes,
        clients: load.clients,
        warmUpSeconds: settings.warmUpSeconds,
        seconds: load.seconds,
      },
      (phase) => cpu.enter(phase),
    );
    const microseconds = await cpu.microseconds();
    if (microseconds === null) return { rate, alive: false, cpuPerRequest: 0 };
    return { rate, alive: true, cpuPerRequest: microseconds / Math.max(1, answered) };
  });
}
