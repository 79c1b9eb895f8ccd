import type { Metric } from '../metric.js';
import type { Reading } from './read-results.js';

/** One point of a series: the median of several processes, and their range. */
export interface Mark {
  /** Of the category, or of the size at `at`. */
  readonly label: string;
  /** Where it stands on the axis: a size on a logarithmic one, or the index of a category. */
  readonly at: number;
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

export interface Series {
  readonly subject: string;
  readonly marks: readonly Mark[];
  /** Why marks are missing. */
  readonly notes: readonly string[];
}

export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
}

/**
 * `lines`: over a logarithmic axis of sizes; `bars`: a panel for each case;
 * `percentiles`: the same, with lines over percentiles.
 */
export type Form = 'lines' | 'bars' | 'percentiles';

/** One plot, with what has to be said about it. */
export interface Figure {
  /** Unique in a report; the name of its file. */
  readonly id: string;
  readonly title: string;
  /** One sentence: what one operation is. */
  readonly operation: string;
  /** `better` is absent where nobody knows. */
  readonly metric: Pick<Metric, 'name'> & Partial<Metric>;
  readonly form: Form;
  /** What the sizes on the axis of `lines` are. */
  readonly axis: string;
  readonly panels: readonly Panel[];
  /** The values that are drawn, for the table. */
  readonly readings: readonly Reading[];
  /** The case beside which the values in the others stand, as shares. */
  readonly retentionFrom?: string;
  /** Measures and draws it again. */
  readonly command: string;
  /** Machine, versions, flags. */
  readonly caption: string;
}
