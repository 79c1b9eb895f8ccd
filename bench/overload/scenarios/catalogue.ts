import { UsageError } from '../../harness/usage-error.js';
import type { Scenario } from '../scenario.js';
import { cpu, cpuKeepAlive, cpuSmall, cpuSmallKeepAlive, cpuSmallPooled, lateCpu } from './cpu.js';
import { descriptors } from './descriptors.js';
import { hogs, hogsCompiled } from './hogs.js';
import { lateMemory, memory, memoryBuffers, memoryLogNormal, mixed } from './memory.js';
import { database, pool, poolInvisible } from './pool.js';
import { change, crowd, crowdMixed, retries, slowClients } from './profiles.js';

/** In the order of the report. */
export const scenarios: readonly Scenario[] = [
  cpu,
  cpuKeepAlive,
  cpuSmall,
  cpuSmallKeepAlive,
  cpuSmallPooled,
  lateCpu,
  memory,
  memoryBuffers,
  memoryLogNormal,
  lateMemory,
  descriptors,
  mixed,
  hogs,
  hogsCompiled,
  pool,
  poolInvisible,
  database,
  crowd,
  crowdMixed,
  change,
  retries,
  slowClients,
];

/** @throws {UsageError} */
export function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined)
    throw new UsageError(
      `Unknown scenario \`${name}\`; there are ${scenarios.map((scenario) => scenario.name).join(', ')}`,
    );
  return found;
}
