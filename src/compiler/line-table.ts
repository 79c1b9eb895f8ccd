/** Line and column of positions in a text, both counted from 1, columns in UTF-16 units as editors and Node count them. */
export class LineTable {
  private readonly text: string;
  /** Where each line begins. */
  private readonly starts: readonly number[];

  constructor(text: string) {
    this.text = text;
    this.starts = [0, ...Array.from(text.matchAll(/\r\n|[\n\r\u2028\u2029]/g), (end) => end.index + end[0].length)];
  }

  get count(): number {
    return this.starts.length;
  }

  at(offset: number): Position {
    let [low, high] = [0, this.starts.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - this.starts[low]! + 1 };
  }

  /** The text of a line, without its end. */
  line(number: number): string {
    return this.text.slice(this.starts[number - 1], this.starts[number]).replace(/(?:\r\n|[\n\r\u2028\u2029])$/, '');
  }
}

export interface Position {
  readonly line: number;
  readonly column: number;
}
