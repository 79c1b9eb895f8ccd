interface Row {
  readonly id: number;
  readonly weight: number;
  readonly parity: string;
  readonly previous: Row | null;
}

/** Measured: an object of four fields, its number that is not an integer, and its place in an array that grows by half. */
const bytesPerRow = 96;

/** Builds about `bytes` of small objects on V8's heap, as a parser of a large document does. */
export function buildObjects(bytes: number): readonly Row[] {
  const rows: Row[] = [];
  let previous: Row | null = null;
  for (let id = bytes / bytesPerRow; id > 0; id--) {
    previous = { id, weight: id * 0.37, parity: (id & 1) === 0 ? 'even' : 'odd', previous };
    rows.push(previous);
  }
  return rows;
}

/** Reads every object: nothing of them may have been optimised away. */
export function touchObjects(rows: readonly Row[]): number {
  let sum = 0;
  for (const row of rows) sum += row.weight + row.parity.length;
  return sum;
}
