import { readdirSync, readFileSync } from 'node:fs';
import type { Format } from './evaluate.js';

/** One program of `test/compiler/corpus`: it declares `main(log, library)`. */
export interface CorpusCase {
  readonly topic: string;
  readonly claim: string;
  readonly source: string;
  /** Formats in which the program has the same meaning, or has one at all. */
  readonly formats: readonly Format[];
  /** The compiler is to leave it alone. */
  readonly alone: boolean;
  /** `main` is a generator function, to be run as a fiber; or as one of several, which take turns. */
  readonly kind: 'data' | 'fiber' | 'fibers';
  /** Compiled code does differ, and it is known; to be removed from the case when it does no longer. */
  readonly knownLimit: boolean;
}

const directory = new URL('../../../../test/compiler/corpus/', import.meta.url);

/**
 * The corpus. It is text, since it holds what a formatter would repair (no semicolons, comments in odd places) and what
 * only one module format allows. A case begins with `=== claim`; lines `// formats: commonjs`, `// alone`,
 * `// fiber`, `// fibers` and `// known limit` at its end are about the case.
 */
export function readCorpus(): CorpusCase[] {
  const files = readdirSync(directory).filter((name) => name.endsWith('.txt'));
  return files.toSorted().flatMap((name) =>
    readFileSync(new URL(name, directory), 'utf8')
      .split(/^=== /m)
      .slice(1)
      .map((text) => parseCase(name.replace(/\.txt$/, ''), text)),
  );
}

function parseCase(topic: string, text: string): CorpusCase {
  const [claim = '', ...lines] = text.trimEnd().split('\n');
  const options = new Map<string, string>();
  for (
    let match;
    (match = /^\/\/ (formats|alone|fibers?|known limit)(?:: (.*))?$/.exec(lines.at(-1) ?? '')) !== null;
    lines.pop()
  )
    options.set(match[1]!, match[2] ?? '');
  return {
    topic,
    claim,
    source: lines.join('\n'),
    formats: (options.get('formats')?.split(' ') as Format[] | undefined) ?? ['module', 'commonjs'],
    alone: options.has('alone'),
    knownLimit: options.has('known limit'),
    kind: options.has('fiber') ? 'fiber' : options.has('fibers') ? 'fibers' : 'data',
  };
}
