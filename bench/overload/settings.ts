import type { Contender } from './contender.js';
import type { StaticSetting } from './subject.js';

/** What the command was asked for. */
export interface Settings {
  readonly scenarios: readonly string[];
  /** Multiples of the peak; null: the scenario's own. */
  readonly loads: readonly number[] | null;
  readonly contenders: readonly Contender[];
  /** Of a measurement with constant load. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly runs: number;
  /** Shorter looks for the peak. */
  readonly quick: boolean;
  readonly health: boolean;
  /** Null: it is looked for. */
  readonly staticSetting: StaticSetting | null;
  /** Clients give up after so many ms; what heddle aims at, too. */
  readonly deadlineMs: number;
  readonly seed: number;
  /** What the servers' Node is started with beside the scenario's limits. */
  readonly nodeFlags: readonly string[];
}

export const usualLoads: readonly number[] = [0.5, 0.9, 1, 2, 4, 8];
