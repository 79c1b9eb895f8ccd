/** The whisker from the least to the greatest run, across the axis on which the values are. */
export interface Whisker {
  readonly min: number;
  readonly max: number;
  /** On the other axis. */
  readonly at: number;
}

/** What of the library's interface to custom series is used here. */
interface Api {
  value(dimension: number): number;
  coord(point: readonly [number, number]): number[];
}

const capPixels = 4;

/** A custom series, as the library has no whiskers of its own. `axes` names the axes of its panel. */
export function whiskers(all: readonly Whisker[], direction: 'up' | 'right', colour: string, axes: object): object {
  const line = (x1: number, y1: number, x2: number, y2: number): object => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style: { stroke: colour, lineWidth: 1.2 },
  });
  return {
    type: 'custom',
    ...axes,
    encode: direction === 'up' ? { x: 0, y: [1, 2] } : { x: [1, 2], y: 0 },
    silent: true,
    z: 4,
    data: all.map(({ at, min, max }) => [at, min, max]),
    renderItem(_parameters: unknown, api: Api): object {
      const [at, min, max] = [api.value(0), api.value(1), api.value(2)];
      const isUp = direction === 'up';
      const [x1 = 0, y1 = 0] = api.coord(isUp ? [at, min] : [min, at]);
      const [x2 = 0, y2 = 0] = api.coord(isUp ? [at, max] : [max, at]);
      const cap = (x: number, y: number): object =>
        isUp ? line(x - capPixels, y, x + capPixels, y) : line(x, y - capPixels, x, y + capPixels);
      return { type: 'group', children: [line(x1, y1, x2, y2), cap(x1, y1), cap(x2, y2)] };
    },
  };
}
