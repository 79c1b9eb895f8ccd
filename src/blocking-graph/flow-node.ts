/** The input of a prediction for one node, as means over a recent span of time. */
export interface FlowNode {
  /** Processor time from here to the next wait, in ms. */
  readonly cpuMs: number;
  /** Time blocked here, without queueing for the processor, in ms. */
  readonly waitMs: number;
  /** Where fibers go from here, with probabilities. */
  readonly edges: readonly Flow[];
  /** Fibers started while running from here: by their first node, how many for each departure. */
  readonly spawns: readonly Flow[];
  /** How often fibers left here; only the ratio to other nodes matters. */
  readonly departures: number;
}

export interface Flow {
  /** Index of the node. */
  readonly to: number;
  readonly p: number;
}
