import type { Components } from './components.js';
import { Series, type Stretch } from './series.js';

/** Values of nodes that follow from those of the next nodes or, if `forward`, of the previous ones. */
export interface Recurrence {
  readonly forward: boolean;
  readonly values: readonly Float64Array[];
  /** Computes the values of a node. */
  update(node: number): void;
}

/** How much is done about values that depend on each other. */
export interface Effort {
  readonly leastSweeps: number;
  readonly mostSweeps: number;
  /** Node visits, over all sweeps of one recurrence. */
  readonly mostVisits: number;
  /** How much a sweep may still change, of the sum of the values. */
  readonly tolerance: number;
}

/**
 * Solves recurrences component by component, in an order in which all that one depends on is known. So a node that no cycle of
 * several goes through is visited once. The values of other components are swept until they have converged; those that diverge
 * stay as they are when it gives up.
 */
export class Solver {
  private readonly series: Series[] = [];

  /** Starts from the values there are. Returns whether all have converged. */
  solve(recurrence: Recurrence, { count, order, starts, isEntangled, entangled }: Components, effort: Effort): boolean {
    const { leastSweeps, mostSweeps, mostVisits, tolerance } = effort;
    const sweeps = Math.min(mostSweeps, Math.max(leastSweeps, Math.floor(mostVisits / entangled)));
    let converged = true;
    for (let i = 0; i < count; i++) {
      const c = recurrence.forward ? count - 1 - i : i;
      const begin = starts[c]!;
      const end = starts[c + 1]!;
      if (isEntangled[c] === 0) recurrence.update(order[begin]!);
      else if (!this.converge(recurrence, { order, begin, end }, sweeps, tolerance)) converged = false;
    }
    return converged;
  }

  private converge(recurrence: Recurrence, nodes: Stretch, sweeps: number, tolerance: number): boolean {
    const { values } = recurrence;
    let settled = false;
    if (sweeps === 1) sweep(recurrence, nodes);
    else {
      while (this.series.length < values.length) this.series.push(new Series());
      for (let i = 0; i < values.length; i++) this.series[i]!.begin(values[i]!, nodes);
      for (let s = 0; s < sweeps && !settled; s++) settled = this.sweepOn(recurrence, nodes, tolerance);
    }
    for (const numbers of values) if (!bound(numbers, nodes)) settled = false;
    return settled;
  }

  /** Returns whether the sweep changed next to nothing. */
  private sweepOn(recurrence: Recurrence, nodes: Stretch, tolerance: number): boolean {
    const count = recurrence.values.length;
    for (let i = 0; i < count; i++) this.series[i]!.extrapolate();
    sweep(recurrence, nodes);
    let settled = true;
    for (let i = 0; i < count; i++) if (!this.series[i]!.follow(tolerance)) settled = false;
    return settled;
  }
}

function sweep(recurrence: Recurrence, { order, begin, end }: Stretch): void {
  if (recurrence.forward) for (let i = end - 1; i >= begin; i--) recurrence.update(order[i]!);
  else for (let i = begin; i < end; i++) recurrence.update(order[i]!);
}

/**
 * Keeps values finite. While every fiber of a kind starts more than one of the same kind, as at the beginning of a search
 * of a tree, no sum is large enough; once that is over the next ones come down from here, as they could not from infinity.
 *
 * @returns whether they were.
 */
function bound(values: Float64Array, { order, begin, end }: Stretch): boolean {
  let bounded = true;
  for (let i = begin; i < end; i++) {
    if (values[order[i]!]! <= MOST) continue;
    values[order[i]!] = MOST;
    bounded = false;
  }
  return bounded;
}

/** In ms, or units of a resource × ms or × ms²: more than any work has, and far from where sums of products overflow. */
const MOST = 1e24;
