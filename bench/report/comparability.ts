import type { Provenance } from '../harness/provenance.js';
import { UsageError } from '../harness/usage-error.js';
import { readCommand } from './read-command.js';
import type { Reading } from './read-results.js';

/** What must be the same on both sides, and what it means if not. */
const conditions: readonly {
  readonly what: string;
  readonly of: (from: Provenance) => string;
  readonly else: string;
}[] = [
  {
    what: 'machine',
    of: ({ processor, processors }) => `${processor}, ${processors} processors`,
    else: 'absolute values say nothing, changes beside the peers only little',
  },
  { what: 'system', of: ({ system }) => system, else: 'sockets and files may cost differently' },
  { what: 'Node', of: ({ node }) => node, else: 'another V8 changes heddle and its peers by different factors' },
  { what: 'flags of Node', of: flagsOfNode, else: 'memory and collection may differ' },
  { what: 'young generation', of: option('semi-space'), else: 'what is copied by a collection differs' },
  { what: 'pace', of: paceOf, else: 'warm-up and duration differ' },
  { what: 'warm-up', of: option('warm-up'), else: 'V8 has optimized more or less of the code' },
  { what: 'duration', of: option('seconds'), else: 'more or less of the life of a process is measured' },
];

/** Why results of these two origins may not be comparable. */
export function comparability(old: readonly Provenance[], now: readonly Provenance[]): readonly string[] {
  if (old.length === 0) return ['the old file does not say on which machine, nor with which flags it was measured'];
  return conditions.flatMap(({ what, of, else: consequence }) => {
    const [was, is] = [values(old, of), values(now, of)];
    return was === is || is === '' ? [] : [`another ${what}: ${was} → ${is}; ${consequence}`];
  });
}

/**
 * What was measured under other conditions does not belong into one figure.
 *
 * @throws {UsageError} if these readings, which files together hold, would come into one.
 */
export function assertOneOrigin(readings: readonly Reading[]): void {
  for (const [name, from] of originsByFigure(readings)) {
    for (const { what, of } of conditions) {
      const found = [...new Set([...from].map((one) => (one === undefined ? 'unknown' : of(one))))];
      if (found.length > 1)
        throw new UsageError(
          `\`${name}\` was measured with another ${what} in each: ${found.join('; ')}. Draw them apart, or say with \`--compare\` what moved`,
        );
    }
  }
}

/** Figures of overload are of a scenario; values with another young generation are labelled with it. */
function originsByFigure(readings: readonly Reading[]): ReadonlyMap<string, ReadonlySet<Provenance | undefined>> {
  const groups = new Map<string, Set<Provenance | undefined>>();
  for (const { bench, case: point, semiSpaceMb, from } of readings) {
    const name = bench === 'overload' ? `overload ${point.split(' ')[0]}` : bench;
    const key = semiSpaceMb === undefined ? name : `${name} with ${semiSpaceMb} MB`;
    groups.set(key, (groups.get(key) ?? new Set()).add(from));
  }
  return groups;
}

function values(from: readonly Provenance[], of: (one: Provenance) => string): string {
  return [...new Set(from.map(of))].toSorted().join(' and ');
}

function paceOf({ command }: Provenance): string {
  const { options } = readCommand(command);
  return ['smoke', 'quick'].find((pace) => options.has(pace)) ?? 'full';
}

/** Those of the environment, and of overload's servers. */
function flagsOfNode({ nodeOptions, command }: Provenance): string {
  const all = [nodeOptions, readCommand(command).options.get('node-flags')].filter((one) => one !== undefined);
  return all.join(' ') || 'none';
}

function option(name: string): (from: Provenance) => string {
  return ({ command }) => readCommand(command).options.get(name) ?? 'usual';
}
