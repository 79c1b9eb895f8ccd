/** A stretch of a load profile. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  /** Arrivals, as a multiple of the peak. */
  readonly load: number;
  /** Whether what arrives in it counts; a warm-up does not. */
  readonly measured: boolean;
  /** How many times dearer than usual the work is; 1 unless given. */
  readonly cost?: number;
}

/** While the last ones that count are under way, the load goes on: without it they would find an emptying server. */
export const tail = (load: number): Phase => ({ name: 'tail', seconds: 0.5, load, measured: false });
