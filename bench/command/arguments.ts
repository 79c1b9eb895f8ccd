import { parseArgs } from 'node:util';
import { benchmarkNames } from '../harness/catalogue.js';
import type { Pace } from '../harness/pace.js';
import { isSubjectName, subjectNames, type SubjectName } from '../harness/subject-name.js';
import { UsageError } from '../harness/usage-error.js';
import { whole } from '../harness/whole.js';

export const usage = `Usage: npm run bench -- [names…] [options]
       npm run bench -- report [names…] [options]     (report --help)
       npm run bench -- overload [options]            (overload --help)

Measures heddle beside its peers. Subjects take turns, each in a process of its own; values are medians.

Names: ${benchmarkNames.join(', ')} (default: all)

  --quick          less than a minute for each benchmark: shorter, fewer cases, fewer runs
  --peers a,b      run only these beside heddle (await, go, …; a wrong name is answered by those that there are)
  --cases a,b      only these cases, as the tables name them (n=1000)
  --runs N         process starts for each subject and case (default: 7, quick: 3)
  --semi-space MB  of V8's young generation in every process (--max-semi-space-size; default: V8's own choice)
  --compare FILE   say what moved beyond the noise since FILE was written by --json
  --json FILE      write the results to FILE, one JSON object a line (-: standard output)
  --smoke          one case of each and one run of a few ms: proves that everything runs, measures nothing
  --help           print this

Without --json a terminal gets tables, anything else gets the JSON lines.
`;

/** They begin a command line of their own. */
const commandNames: readonly string[] = ['report', 'overload'];

/** What is to be measured. */
export interface Plan {
  readonly names: readonly string[];
  readonly pace: Pace;
  readonly runs: number;
  /** heddle is always the first of them. */
  readonly subjects: readonly SubjectName[];
  /** Those of them that were asked for by name. */
  readonly peers?: readonly string[];
  readonly cases?: readonly string[];
  readonly semiSpaceMb?: number;
}

/** What stands on the command line, or between the processes of one run. */
export type Order =
  | { readonly kind: 'help' }
  /** The arguments are the benchmark, the subject and the case. Also used by hand, to profile one subject. */
  | { readonly kind: 'child'; readonly pace: Pace; readonly arguments: readonly string[] }
  | { readonly kind: 'server'; readonly arguments: readonly string[] }
  | {
      readonly kind: 'run';
      readonly plan: Plan;
      readonly json: string | undefined;
      readonly baseline: string | undefined;
    };

/** @throws {UsageError}, or what `parseArgs` throws. */
export function parseArguments(args: readonly string[]): Order {
  const { values: flags, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...planOptions,
      json: { type: 'string' },
      compare: { type: 'string' },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      child: { type: 'boolean', default: false },
      server: { type: 'boolean', default: false },
    },
  });
  if (flags.help) return { kind: 'help' };
  if (flags.server) return { kind: 'server', arguments: positionals };
  if (flags.child) return { kind: 'child', pace: paceOf(flags), arguments: positionals };
  return { kind: 'run', plan: parsePlan(flags, positionals), json: flags.json, baseline: flags.compare };
}

/** The options of everything that measures with the harness. */
export const planOptions = {
  peers: { type: 'string' },
  cases: { type: 'string' },
  runs: { type: 'string' },
  'semi-space': { type: 'string' },
  quick: { type: 'boolean', default: false },
} as const;

interface PlanFlags {
  readonly peers?: string | undefined;
  readonly cases?: string | undefined;
  readonly runs?: string | undefined;
  readonly 'semi-space'?: string | undefined;
  readonly quick: boolean;
  readonly smoke?: boolean;
}

/** @throws {UsageError}, or what `parseArgs` throws. */
export function parsePlan(flags: PlanFlags, names: readonly string[]): Plan {
  for (const name of names) {
    if (commandNames.includes(name)) throw new UsageError(`\`${name}\` must come first: npm run bench -- ${name} …`);
    if (!benchmarkNames.includes(name))
      throw new UsageError(`Unknown benchmark \`${name}\`; there are ${benchmarkNames.join(', ')}`);
  }
  const pace = paceOf(flags);
  const usualRuns: Readonly<Record<Pace, number>> = { full: 7, quick: 3, smoke: 1 };
  return {
    names: names.length === 0 ? benchmarkNames : names,
    pace,
    runs: flags.runs === undefined ? usualRuns[pace] : whole('--runs', flags.runs),
    subjects: parsePeers(flags.peers),
    ...(flags.peers !== undefined && { peers: flags.peers.split(',') }),
    ...(flags.cases !== undefined && { cases: flags.cases.split(',') }),
    ...(flags['semi-space'] !== undefined && { semiSpaceMb: whole('--semi-space', flags['semi-space']) }),
  };
}

function paceOf({ quick, smoke = false }: PlanFlags): Pace {
  if (smoke) return 'smoke';
  return quick ? 'quick' : 'full';
}

function parsePeers(text: string | undefined): readonly SubjectName[] {
  const asked = text?.split(',') ?? subjectNames;
  for (const name of asked) {
    if (!isSubjectName(name))
      throw new UsageError(`Unknown peer \`${name}\`; there are ${subjectNames.slice(1).join(', ')}`);
  }
  return subjectNames.filter((name) => name === 'heddle' || (asked as readonly string[]).includes(name));
}
