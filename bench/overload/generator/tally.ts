import type { Phase } from '../phase.js';
import { noOutcomes, type ClassResult, type Outcome, type Outcomes, type Second } from './assignment.js';
import type { Place } from './arrivals.js';
import type { Attempt } from './attempt.js';

interface Row {
  readonly phase: string;
  readonly second: number;
  readonly cost: number;
  readonly sent: number[];
  readonly good: number[];
}

/** Counts what became of the requests that the measured phases intended. */
export class Tally {
  private readonly names: readonly string[];
  private readonly rows: Row[] = [];
  /** Where the rows of each phase begin; -1 for one that is not measured. */
  private readonly firstRows: readonly number[];
  private readonly arrivals: number[];
  private readonly outcomes: readonly Outcomes[];
  private readonly latencies: readonly number[][];

  constructor(names: readonly string[], phases: readonly Phase[]) {
    this.names = names;
    this.firstRows = phases.map(({ name, seconds, measured, cost = 1 }) => {
      if (!measured) return -1;
      const first = this.rows.length;
      for (let second = 0; second < seconds; second++)
        this.rows.push({ phase: name, second, cost, sent: names.map(() => 0), good: names.map(() => 0) });
      return first;
    });
    this.arrivals = names.map(() => 0);
    this.outcomes = names.map(noOutcomes);
    this.latencies = names.map(() => []);
  }

  /** The index of a second that counts, else -1. */
  secondOf(place: Place): number {
    const first = this.firstRows[place.phase] ?? -1;
    return first === -1 ? -1 : first + place.second;
  }

  /** A request that counts has come. */
  arrived(kind: number): void {
    this.arrivals[kind]!++;
  }

  /** An attempt at one, the first or a repetition. */
  sent({ kind, second }: Attempt): void {
    if (second !== -1) this.rows[second]!.sent[kind]!++;
  }

  /** The last attempt at a request. */
  ended({ kind, second, counts }: Attempt, outcome: Outcome, latencyMs: number): void {
    if (second !== -1 && outcome === 'good') this.rows[second]!.good[kind]!++;
    if (!counts) return;
    this.outcomes[kind]![outcome]++;
    if (outcome === 'good') this.latencies[kind]!.push(latencyMs);
  }

  classes(): readonly ClassResult[] {
    return this.names.map((name, kind) => ({
      name,
      arrivals: this.arrivals[kind]!,
      outcomes: this.outcomes[kind]!,
      ...percentiles(this.latencies[kind]!),
    }));
  }

  all(): Omit<ClassResult, 'name'> {
    const outcomes = noOutcomes();
    for (const one of this.outcomes) {
      for (const outcome of Object.keys(outcomes) as Outcome[]) outcomes[outcome] += one[outcome];
    }
    const arrivals = this.arrivals.reduce((sum, count) => sum + count, 0);
    return { arrivals, outcomes, ...percentiles(this.latencies.flat()) };
  }

  timeline(): readonly Second[] {
    return this.rows;
  }
}

function percentiles(latencies: readonly number[]): { readonly p50: number | null; readonly p99: number | null } {
  const sorted = Float64Array.from(latencies).sort();
  const at = (part: number): number | null => sorted[Math.floor((sorted.length - 1) * part)] ?? null;
  return { p50: at(0.5), p99: at(0.99) };
}
