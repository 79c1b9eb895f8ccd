import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Plan } from '../command/arguments.js';
import { measurePlan } from '../command/measure-plan.js';
import { onInterrupt } from '../harness/on-interrupt.js';
import { writeLines } from '../harness/output.js';
import { commandLine, provenance } from '../harness/provenance.js';
import type { Measuring } from './arguments.js';

const main = fileURLToPath(new URL('../main.js', import.meta.url));

/**
 * 100,000 promises or fibers outgrow V8's usual young generation, which then is copied again and again. What is asked of these
 * benchmarks is reported with one that holds them, too.
 */
const largeYoungGeneration = { names: ['switch', 'producer-consumer'], cases: ['n=100000'], semiSpaceMb: 128 };

/**
 * Measures, and writes each line into the file at `path` as soon as it is known; an interrupt ends the process and leaves what
 * is there. Answers what failed as a whole.
 */
export async function measureInto(path: string, { plan, overload }: Measuring): Promise<readonly string[]> {
  const writeText = writeLines(path);
  let lines = 0;
  const writeCounted = (text: string): void => {
    writeText(text);
    lines++;
  };
  const write = (line: object): void => writeCounted(`${JSON.stringify(line)}\n`);
  write({ provenance: provenance() });
  const release = onInterrupt((code) => {
    const found = `${path} holds what was measured: npm run bench -- report --from ${path}`;
    process.stderr.write(`\nInterrupted. ${lines > 1 ? found : 'Nothing was measured yet.'}\n`);
    process.exit(code);
  });
  try {
    for (const one of plan === undefined ? [] : [plan, ...withLargeYoungGeneration(plan)])
      await measurePlan(one, { line: write, finished() {} });
    return overload === undefined ? [] : await measureOverload(overload, writeCounted);
  } finally {
    release();
  }
}

function withLargeYoungGeneration(plan: Plan): readonly Plan[] {
  const { names, cases, semiSpaceMb } = largeYoungGeneration;
  const chosen = names.filter((name) => plan.names.includes(name));
  const isUsual = plan.pace === 'full' && plan.cases === undefined && plan.semiSpaceMb === undefined;
  return isUsual && chosen.length > 0 ? [{ ...plan, names: chosen, cases, semiSpaceMb }] : [];
}

/** A process of its own, whose lines begin with its own command. */
async function measureOverload(
  { scenarios, quick, runs }: NonNullable<Measuring['overload']>,
  write: (text: string) => void,
): Promise<readonly string[]> {
  const args = [
    'overload',
    '--without',
    'all',
    ...(quick ? ['--quick'] : []),
    ...(runs === undefined ? [] : ['--runs', runs]),
    ...(scenarios.length === 0 ? [] : ['--scenario', scenarios.join(',')]),
  ];
  const child = spawn(process.execPath, [main, ...args, '--json', '-'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  process.once('exit', () => child.kill());
  for await (const line of createInterface({ input: child.stdout })) write(`${line}\n`);
  const [code, signal] = (await closed) as [number | null, string | null];
  if (code === 0) return [];
  process.exitCode = 1;
  return [`${commandLine(args)} ended with ${signal ?? `code ${code}`}`];
}
