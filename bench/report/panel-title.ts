import type { Panel } from './figure.js';
import { ink } from './palette.js';

/** Above the panel. */
export function panelTitle(
  { title }: Panel,
  place: { readonly left: number; readonly top: number } | undefined,
): object {
  return {
    text: title,
    left: (place?.left ?? 0) - 4,
    top: (place?.top ?? 0) - 26,
    // A long one would run into its neighbour's.
    textStyle: { color: ink, fontSize: title.length > LONG_TITLE ? 10 : 13, fontWeight: 600 },
  };
}

/** Characters that fit above a panel. */
const LONG_TITLE = 26;
