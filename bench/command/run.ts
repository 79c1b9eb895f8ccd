import { openOutput } from '../harness/output.js';
import type { ValueLine } from '../harness/result-lines.js';
import { table } from '../harness/table.js';
import { provenance } from '../harness/provenance.js';
import { describe } from '../report/description.js';
import { movement } from '../report/movement.js';
import { movementText } from '../report/movement-text.js';
import { readResults } from '../report/read-results.js';
import type { Order } from './arguments.js';
import { checkPlan } from './check-plan.js';
import { measurePlan } from './measure-plan.js';

/**
 * `npm run bench -- [names…]`.
 *
 * @throws {UsageError} if a file cannot be read or written, or the plan asks for what there is not.
 */
export async function run({ plan, json, baseline }: Extract<Order, { kind: 'run' }>): Promise<void> {
  // Read before an hour of measuring, not after it.
  const old = baseline === undefined ? undefined : readResults(baseline);
  await checkPlan(plan);
  const output = openOutput(json);
  const all: ValueLine[] = [];
  await measurePlan(plan, {
    line: (line) => output.json?.(`${JSON.stringify(line)}\n`),
    finished: (benchmark, lines) => {
      output.table?.(table(benchmark, lines));
      all.push(...lines);
    },
  });
  if (old === undefined) return;
  const from = provenance();
  const now = all.map((line) => ({ ...line, from }));
  const moved = movementText(movement(old, now, await describe(now)), baseline ?? '');
  if (output.table !== undefined) output.table(moved);
  else process.stderr.write(moved);
}
