/** Fills for the steps of `heatOf`, from cold to hot: dark text is readable on all of them. */
export const heatFills = ['#f6f8fa', '#fff4d6', '#ffe3a6', '#ffc76b', '#ffa04d', '#f9733f'] as const;

/** A step from 0 (no processor time) to 5 for a share from 0 to 1, by its square root, since shares are skewed. */
export function heatOf(share: number): number {
  return Math.min(heatFills.length - 1, Math.ceil(Math.sqrt(share) * (heatFills.length - 1)));
}
