import { runGenerator } from './generator-process.js';
import { tail } from './phase.js';
import type { Scenario } from './scenario.js';
import type { Settings } from './settings.js';
import { onStage } from './stage.js';

/** From step to step the load grows by so much, and the goodput by at least so much, or the climb ends. */
const loadStep = 1.3;
const leastGain = 1.1;

/**
 * The peak that a closed loop found, or more: where requests wait before they work, its clients move in waves (all wait, then all want to
 * compute) and leave the processor idle between them, which arrivals at random do less.
 */
export async function climb(
  scenario: Scenario,
  settings: Settings,
  closedRate: number,
  progress: (text: string) => void,
): Promise<number> {
  let best = closedRate;
  for (let offered = closedRate * loadStep; ; offered *= loadStep) {
    progress(`${scenario.name}: looks for the peak, ${offered.toFixed(0)} requests/s`);
    const reached = await goodAt(scenario, settings, offered);
    if (reached < best * leastGain) return best;
    best = reached;
  }
}

/** Good answers a second of the uncontrolled server under so many random arrivals. */
function goodAt(scenario: Scenario, settings: Settings, offered: number): Promise<number> {
  return onStage(scenario, settings, { subject: 'node:http' }, async (server) => {
    const seconds = settings.quick ? 1 : 3;
    const { all } = await runGenerator(
      {
        kind: 'open',
        port: server.port,
        classes: scenario.classes,
        connections: scenario.connections ?? 'new',
        seed: settings.seed,
        deadlineMs: settings.deadlineMs,
        peak: offered,
        phases: [
          { name: 'warm-up', seconds: 1, load: 1, measured: false },
          { name: 'constant', seconds, load: 1, measured: true },
          tail(1),
        ],
        retries: 0,
        slowClients: 0,
        health: false,
      },
      () => {},
    );
    return all.outcomes.good / seconds;
  });
}
