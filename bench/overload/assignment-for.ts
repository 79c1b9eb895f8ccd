import type { Assignment } from './generator/assignment.js';
import type { Scenario } from './scenario.js';
import type { ServerProcess } from './server-process.js';
import type { Settings } from './settings.js';

/** What the generator is told whatever the load: the clients of a scenario, for this server. */
export function assignmentFor(
  { classes, connections = 'new' }: Scenario,
  { seed, deadlineMs }: Settings,
  { port }: ServerProcess,
): Assignment {
  return { port, classes, connections, seed, deadlineMs };
}
