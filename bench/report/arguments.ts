import { parseArgs } from 'node:util';
import { parsePlan, planOptions, type Plan } from '../command/arguments.js';
import { UsageError } from '../harness/usage-error.js';
import { whole } from '../harness/whole.js';
import { findScenario } from '../overload/scenarios/catalogue.js';

export const usage = `Usage: npm run bench -- report [names…] [options]
       npm run bench -- report --from a.jsonl,b.jsonl [options]

Measures, and writes a directory: index.html, a page that needs nothing else; an SVG for each figure; results.jsonl, the values.
Names are those of the benchmarks, and overload (hours, and alone in leaving the loopback busy); default: all but overload.

  --quick            as without report; so are --runs N, --peers a,b, --cases a,b and --semi-space MB
  --overload         overload beside the names: all subjects, and heddle without each of its ingredients
  --scenarios a,b    only these scenarios of overload
  --from a,b         draws results that are there already, those of overload --json, too; measures nothing
  --compare FILE     also says what moved beyond the noise since FILE was written
  --out DIR          where to write (default: bench-report)
  --help             print this
`;

/** What stands behind the word `report`. */
export type ReportOrder =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'report';
      /** Files to draw, or what to measure. */
      readonly source: { readonly from: readonly string[] } | Measuring;
      readonly directory: string;
      readonly baseline: string | undefined;
    };

export interface Measuring {
  /** Absent where only overload was asked for. */
  readonly plan?: Plan;
  /** Absent where it was not. */
  readonly overload?: {
    readonly scenarios: readonly string[];
    readonly quick: boolean;
    readonly runs: string | undefined;
  };
}

/** What says nothing where nothing is measured, or only overload is. */
const ofMeasuring = ['runs', 'quick', 'peers', 'cases', 'semi-space', 'overload', 'scenarios'] as const;
const ofBenchmarks = ['peers', 'cases', 'semi-space'] as const;

/** @throws {UsageError}, or what `parseArgs` throws. */
export function parseReportArguments(args: readonly string[]): ReportOrder {
  const { values: flags, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...planOptions,
      overload: { type: 'boolean', default: false },
      scenarios: { type: 'string' },
      from: { type: 'string' },
      compare: { type: 'string' },
      out: { type: 'string', default: 'bench-report' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (flags.help) return { kind: 'help' };
  const base = { kind: 'report', directory: flags.out, baseline: flags.compare } as const;
  if (flags.from !== undefined) {
    if (positionals.length > 0) throw new UsageError('Names say what to measure; with `--from` nothing is measured');
    const idle = ofMeasuring.find((name) => flags[name] !== undefined && flags[name] !== false);
    if (idle !== undefined) throw new UsageError(`\`--${idle}\` is for measuring; with \`--from\` nothing is measured`);
    return { ...base, source: { from: flags.from.split(',') } };
  }
  const names = positionals.filter((name) => name !== 'overload');
  const withOverload = flags.overload || names.length < positionals.length;
  if (flags.scenarios !== undefined && !withOverload) throw new UsageError('`--scenarios` are those of `overload`');
  const scenarios = flags.scenarios?.split(',') ?? [];
  for (const name of scenarios) findScenario(name);
  if (flags.runs !== undefined) whole('--runs', flags.runs);
  const onlyOverload = withOverload && names.length === 0 && positionals.length > 0;
  const idle = onlyOverload ? ofBenchmarks.find((name) => flags[name] !== undefined) : undefined;
  if (idle !== undefined) throw new UsageError(`\`--${idle}\` is for benchmarks; \`overload\` does not know it`);
  return {
    ...base,
    source: {
      ...((names.length > 0 || positionals.length === 0) && { plan: parsePlan(flags, names) }),
      ...(withOverload && { overload: { scenarios, quick: flags.quick, runs: flags.runs } }),
    },
  };
}
