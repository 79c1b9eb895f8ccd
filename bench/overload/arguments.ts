import { parseArgs } from 'node:util';
import { UsageError } from '../harness/usage-error.js';
import { whole } from '../harness/whole.js';
import { findScenario, scenarios } from './scenarios/catalogue.js';
import type { Settings } from './settings.js';
import { asItIs, heddleWithout } from './contender.js';
import { isOverloadSubject, overloadSubjects, type StaticSetting } from './subject.js';

export const usage = `Usage: npm run bench -- overload [options]

Servers under more load than they can serve. Loads are multiples of what the uncontrolled server can do at most; goodput is what is
answered with 200 within the clients' deadline, relative to that.

  --scenario a,b    ${scenarios.map(({ name }) => name).join(', ')} (default: all)
  --load 2,8        multiples of the peak (default: 0.5,0.9,1,2,4,8, or what the scenario prescribes)
  --subjects a,b    ${overloadSubjects.join(', ')} (default: all)
  --without a,b+c   also heddle without \`a\`, and without \`b\` and \`c\`: cpuGate, stockGate, … (all: without each)
  --static L:B      limit and backlog of \`static\` (default: the best of a scan for each scenario)
  --health          asks /health once a second beside the load
  --seconds N       of each measurement with constant load (default: 6)
  --warm-up N       seconds under the load before they, and the peak, are measured (default: 3); V8 goes on optimizing for half a minute
  --runs N          of each subject and load (default: 1)
  --seed N          of arrivals and classes (default: 1)
  --node-flags=F    of the servers' Node, with blanks between them: --node-flags=--single-threaded-gc
  --quick           less than a minute: cpu and mixed at twice the peak, short
  --json FILE       write the results to FILE, one JSON object a line (-: standard output)
  --help            print this
`;

/** What stands on the command line, or between the processes of one run. */
export type Order =
  | { readonly kind: 'help' }
  | { readonly kind: 'server'; readonly order: string }
  | { readonly kind: 'generator' }
  | { readonly kind: 'pool' }
  | { readonly kind: 'run'; readonly settings: Settings; readonly json: string | undefined };

/** What decides over the figures. */
export const settingOptions = {
  scenario: { type: 'string' },
  load: { type: 'string' },
  subjects: { type: 'string' },
  without: { type: 'string' },
  static: { type: 'string' },
  health: { type: 'boolean', default: false },
  seconds: { type: 'string' },
  'warm-up': { type: 'string' },
  runs: { type: 'string' },
  seed: { type: 'string' },
  'node-flags': { type: 'string' },
  quick: { type: 'boolean', default: false },
} as const;

/** @throws {UsageError}, or what `parseArgs` throws. */
export function parseArguments(args: readonly string[]): Order {
  const { values: flags } = parseArgs({
    args: [...args],
    options: {
      ...settingOptions,
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
      server: { type: 'string' },
      generator: { type: 'boolean', default: false },
      pool: { type: 'boolean', default: false },
    },
  });
  if (flags.help) return { kind: 'help' };
  if (flags.server !== undefined) return { kind: 'server', order: flags.server };
  if (flags.generator) return { kind: 'generator' };
  if (flags.pool) return { kind: 'pool' };

  const { quick } = flags;
  const subjects = (flags.subjects?.split(',') ?? (quick ? ['heddle', 'node:http'] : overloadSubjects)).map((name) => {
    if (isOverloadSubject(name)) return name;
    throw new UsageError(`Unknown subject \`${name}\`; there are ${overloadSubjects.join(', ')}`);
  });
  const names = flags.scenario?.split(',') ?? (quick ? ['cpu', 'mixed'] : scenarios.map(({ name }) => name));
  if (flags.static !== undefined && !subjects.includes('static'))
    throw new UsageError('`--static` is for the subject `static`, which `--subjects` leaves out');
  if (flags.seconds !== undefined && names.every((name) => findScenario(name).phases !== undefined))
    throw new UsageError(`\`--seconds\` is for constant load; ${names.join(', ')} has phases of its own`);
  const settings: Settings = {
    scenarios: names.map((name) => findScenario(name).name),
    loads: flags.load?.split(',').map((text) => positive('--load', text)) ?? (quick ? [2] : null),
    contenders: [...subjects.map(asItIs), ...heddleWithout(flags.without?.split(',') ?? [])],
    seconds: whole('--seconds', flags.seconds ?? (quick ? '2' : '6')),
    warmUpSeconds: whole('--warm-up', flags['warm-up'] ?? (quick ? '1' : '3')),
    runs: whole('--runs', flags.runs ?? '1'),
    quick,
    health: flags.health,
    staticSetting: flags.static === undefined ? null : parseStatic(flags.static),
    deadlineMs: 500,
    seed: whole('--seed', flags.seed ?? '1'),
    nodeFlags: flags['node-flags']?.split(' ').filter((flag) => flag !== '') ?? [],
  };
  return { kind: 'run', settings, json: flags.json };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`Expected \`${name}\` to be a number > 0, got \`${text}\``);
}

function parseStatic(text: string): StaticSetting {
  const [, limit, backlog] = /^([1-9]\d*):([1-9]\d*)$/.exec(text) ?? [];
  if (limit === undefined || backlog === undefined)
    throw new UsageError(`Expected \`--static\` to be a limit and a backlog as in \`16:64\`, got \`${text}\``);
  return { limit: Number(limit), backlog: Number(backlog) };
}
