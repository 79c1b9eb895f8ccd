/** A resource: how much of it a run from each node uses or takes (negative: gives back). */
export interface Use {
  readonly kind: 'rate' | 'stock';
  amount(node: number): number;
  /** The variance of that amount between runs. */
  variance(node: number): number;
}
