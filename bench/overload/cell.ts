import { setTimeout as elapse } from 'node:timers/promises';
import { assignmentFor } from './assignment-for.js';
import type { OpenResult } from './generator/assignment.js';
import { runGenerator } from './generator-process.js';
import { MeasuredCpu } from './measured-cpu.js';
import type { Peak } from './peak.js';
import { tail, type Phase } from './phase.js';
import type { Scenario } from './scenario.js';
import type { ServerProcess } from './server-process.js';
import type { Settings } from './settings.js';
import { onStage, type Cast } from './stage.js';

/** After the load a server has so long to get rid of what it began: then nothing of it is to be left. */
const settleMs = 1500;

const heatLoad = 0.9;
/** For each second of warm-up. */
const heatSeconds = 2;

/** What is open in a server at one moment; null where it cannot be known. */
export interface Holdings {
  readonly descriptors: number | null;
  readonly fibers: number | null;
}

/** One subject under one load, once. */
export interface CellResult {
  readonly open: OpenResult;
  /** The server's processor time in the measured phases, in µs; null where it ended before. */
  readonly cpuMicroseconds: number | null;
  /** Seconds since the load began, and why; null for one that lived. */
  readonly exit: { readonly afterSeconds: number; readonly reason: string } | null;
  readonly unhandled: number | null;
  readonly before: Holdings;
  readonly after: Holdings;
}

export function measureCell(
  scenario: Scenario,
  settings: Settings,
  cast: Cast,
  load: number,
  peak: Peak,
): Promise<CellResult> {
  return onStage(scenario, settings, cast, async (server) => {
    const before = await holdings(server);
    const start = performance.now();
    const cpu = new MeasuredCpu(server);
    const open = await runGenerator(
      {
        kind: 'open',
        ...assignmentFor(scenario, settings, server),
        peak: peak.rate,
        phases: phasesOf(scenario, settings, load),
        retries: scenario.retries ?? 0,
        slowClients: scenario.slowClients ?? 0,
        health: settings.health,
      },
      (phase) => {
        server.setCost(phase.cost);
        cpu.enter(phase);
      },
    );
    await elapse(settleMs);
    const usage = await server.usage();
    return {
      open,
      cpuMicroseconds: await cpu.microseconds(),
      exit: server.exit && { afterSeconds: (server.exit.at - start) / 1000, reason: server.exit.reason },
      unhandled: usage?.unhandled ?? null,
      before,
      after: await holdings(server),
    };
  });
}

async function holdings(server: ServerProcess): Promise<Holdings> {
  return { descriptors: await server.descriptors(), fibers: (await server.usage())?.fibers ?? null };
}

function phasesOf(scenario: Scenario, { seconds, warmUpSeconds }: Settings, load: number): readonly Phase[] {
  const measured = scenario.phases?.(load) ?? [{ name: 'constant', seconds, load, measured: true }];
  const first = measured[0]!;
  const last = measured.at(-1)!;
  const unmeasured = (name: string, seconds: number, at: number): Phase => ({
    name,
    seconds,
    load: at,
    measured: false,
  });
  // V8 compiles what has run often. Under a small load a server would be measured before that has happened.
  const heat = first.load < heatLoad ? [unmeasured('heat', heatSeconds * warmUpSeconds, heatLoad)] : [];
  return [...heat, unmeasured('warm-up', warmUpSeconds, first.load), ...measured, tail(last.load)];
}
