import type { Provenance } from '../harness/provenance.js';

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
  { what: 'flags of Node', of: ({ nodeOptions = 'none' }) => nodeOptions, else: 'memory and collection may differ' },
  { what: 'pace', of: paceOf, else: 'warm-up and duration differ' },
];

/** Why results of these two origins may not be comparable. */
export function comparability(old: readonly Provenance[], now: readonly Provenance[]): readonly string[] {
  if (old.length === 0) return ['the old file does not say on which machine, nor with which flags it was measured'];
  return conditions.flatMap(({ what, of, else: consequence }) => {
    const [was, is] = [values(old, of), values(now, of)];
    return was === is || is === '' ? [] : [`another ${what}: ${was} → ${is}; ${consequence}`];
  });
}

function values(from: readonly Provenance[], of: (one: Provenance) => string): string {
  return [...new Set(from.map(of))].toSorted().join(' and ');
}

function paceOf({ command }: Provenance): string {
  return /--(smoke|quick)\b/.exec(command)?.[1] ?? 'full';
}
