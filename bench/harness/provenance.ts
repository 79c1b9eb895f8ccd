import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Where figures come from: what must be the same for them to be comparable, and what reproduces them. */
export interface Provenance {
  readonly command: string;
  /** ISO 8601, of the start. */
  readonly date: string;
  /** What git calls the sources, with `-dirty` if they were changed; absent where there is no git. */
  readonly commit?: string;
  readonly node: string;
  readonly v8: string;
  readonly processor: string;
  readonly processors: number;
  /** GiB. */
  readonly memory: number;
  readonly system: string;
  /** Flags of Node from the environment, which all processes of the run inherit. */
  readonly nodeOptions?: string;
}

/** The first line of every file of results, and of every run that is appended to one. */
export interface ProvenanceLine {
  readonly provenance: Provenance;
}

/** Of this process. `args` is what stands behind `npm run bench --`. */
export function provenance(args: readonly string[] = process.argv.slice(2)): Provenance {
  const commit = describeCommit();
  const nodeOptions = process.env['NODE_OPTIONS'];
  return {
    command: commandLine(args),
    date: new Date().toISOString(),
    ...(commit !== undefined && { commit }),
    node: process.version,
    v8: process.versions.v8,
    processor: cpus()[0]?.model.trim() || 'unknown processor',
    processors: availableParallelism(),
    memory: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    system: `${type()} ${release()}`,
    ...(nodeOptions !== undefined && nodeOptions !== '' && { nodeOptions }),
  };
}

/** What to type in a shell. */
export function commandLine(args: readonly string[]): string {
  const words = args.map((word) =>
    /^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
  );
  return ['npm run bench --', ...words].join(' ');
}

/** A line of a caption. */
export function describeProvenance(from: Provenance): string {
  const parts = [
    from.processor,
    `${from.processors} processors`,
    `${from.memory} GiB`,
    from.system,
    `Node ${from.node}`,
    `V8 ${from.v8}`,
    ...(from.nodeOptions === undefined ? [] : [from.nodeOptions]),
    ...(from.commit === undefined ? [] : [`commit ${from.commit}`]),
    from.date.slice(0, 10),
  ];
  return parts.join(', ');
}

function describeCommit(): string | undefined {
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  try {
    const output = execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=9'], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.trim();
  } catch {
    return undefined;
  }
}
