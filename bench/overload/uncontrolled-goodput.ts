import { assignmentFor } from './assignment-for.js';
import { runGenerator } from './generator-process.js';
import { tail } from './phase.js';
import type { Scenario } from './scenario.js';
import type { Settings } from './settings.js';
import { onStage } from './stage.js';

/** Good answers a second of the uncontrolled server under so many random arrivals. */
export function uncontrolledGoodput(scenario: Scenario, settings: Settings, offered: number): Promise<number> {
  return onStage(scenario, settings, { subject: 'node:http' }, async (server) => {
    const seconds = settings.quick ? 1 : 3;
    const { all } = await runGenerator(
      {
        kind: 'open',
        ...assignmentFor(scenario, settings, server),
        peak: offered,
        phases: [
          { name: 'warm-up', seconds: settings.warmUpSeconds, load: 1, measured: false },
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
