import type { Metric } from '../metric.js';
import type { Context } from './context.js';
import type { SubjectName } from './subject-name.js';

/** One point of a benchmark's scale. `size` is what `name` says as a number: tasks, connections, frames, capacity. */
export interface Case {
  readonly name: string;
  readonly size: number;
  /** `false`: too long for `--quick`. */
  readonly quick?: boolean;
}

export const tasks = (size: number, options?: Pick<Case, 'quick'>): Case => ({ name: `n=${size}`, size, ...options });
export const connections = (size: number, options?: Pick<Case, 'quick'>): Case => ({
  name: `c=${size}`,
  size,
  ...options,
});
export const depth = (size: number, options?: Pick<Case, 'quick'>): Case => ({ name: `d=${size}`, size, ...options });

/** A bare number is the benchmark's first metric; a record gives each by name. */
export type Measured = number | Readonly<Record<string, number>>;

/** Does the benchmark's operation in its own way, warmed up and measured, in a process of its own. */
export type Subject = (size: number, context: Context) => Measured | Promise<Measured>;

/** Opens a server on a free loopback port, calls `announce` with it, and serves until the process is ended. */
export type Server = (announce: (port: number) => void) => void;

export interface Benchmark {
  readonly name: string;
  /** One sentence: what one operation is, the same for every subject. */
  readonly operation: string;
  /** The first one is what the ratios are about. */
  readonly metrics: readonly [Metric, ...Metric[]];
  readonly cases: readonly [Case, ...Case[]];
  readonly subjects: Partial<Record<SubjectName, Subject>>;
  /** The programs that run as servers beside a subject of the same name. */
  readonly servers?: Partial<Record<SubjectName, Server>>;
  /** Which subjects take part in a case; all of them where it is absent. */
  readonly takesPart?: (subject: SubjectName, size: number) => boolean;
  /** Also report each subject's first metric relative to its own value in this case (how well it scales). */
  readonly retentionFrom?: string;
  /** Names the limit that a dying process complains about, where reaching it is a result and not a bug. */
  readonly limits?: (complaint: string) => string | undefined;
  /** Flags of Node for the measuring process. */
  readonly nodeOptions?: readonly string[];
}
