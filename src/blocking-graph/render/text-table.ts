import { greatest } from '../../base/greatest.js';
import type { Paint, Style } from './paint.js';
import { cutToWidth, textWidth } from './text-width.js';

/** A column of a table at a terminal. */
export interface Column<Row> {
  /** Its heading. If no column has one, the table has no line of headings. */
  readonly head?: string;
  readonly cell: (row: Row) => string;
  /** A shorter form, used if there is not enough room. */
  readonly brief?: (row: Row) => string;
  /** If there is not enough room, columns are dropped in ascending order of this, except the highest and those with `cut`. */
  readonly keep: number;
  readonly style?: Style;
  readonly toRight?: boolean;
  /** Its cells may be cut, after columns were dropped: columns with 1 before those with 2. */
  readonly cut?: 1 | 2;
  /** A width at which it is still useful: other columns are dropped before it is cut below that. */
  readonly legible?: number;
}

/** Lines of a table no wider than `width`, unless its narrowest form is. Columns without any text are left out. */
export function layOutTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string[] {
  const headed = columns.some(({ head }) => head !== undefined) && rows.length > 0;
  const fill = (cellOf: (column: Column<Row>) => (row: Row) => string): Filled<Row>[] =>
    columns
      .map((column) => ({ column, cells: rows.map(cellOf(column)) }))
      .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const whole = fill(({ cell }) => cell);
  const fitting = fit(excessOf(whole.map(sized), width) > 0 ? fill(({ cell, brief = cell }) => brief) : whole, width);
  const line = (cell: (filled: Fitted<Row>) => string, style: (column: Column<Row>) => Style | undefined): string =>
    fitting
      .map((one) => {
        const text = cutToWidth(cell(one), one.size);
        const space = ' '.repeat(Math.max(0, one.size - textWidth(text)));
        return GAP + paint(style(one.column), one.column.toRight ? space + text : text + space);
      })
      .join('');
  return [
    ...(headed
      ? [
          line(
            ({ column }) => column.head ?? '',
            () => 'faint',
          ),
        ]
      : []),
    ...rows.map((_, row) =>
      line(
        ({ cells }) => cells[row]!,
        ({ style }) => style,
      ),
    ),
  ];
}

export const GAP = '  ';

interface Filled<Row> {
  readonly column: Column<Row>;
  readonly cells: readonly string[];
}

interface Fitted<Row> extends Filled<Row> {
  size: number;
}

function sized<Row>(filled: Filled<Row>): Fitted<Row> {
  const { column, cells } = filled;
  return {
    ...filled,
    size: greatest(cells.map(textWidth), textWidth(column.head ?? '')),
  };
}

function excessOf<Row>(columns: readonly Fitted<Row>[], width: number, legibly: boolean = false): number {
  return columns.reduce((sum, { column: { legible = Infinity }, size }) => {
    return sum + GAP.length + (legibly ? Math.min(size, legible) : size);
  }, -width);
}

function fit<Row>(filled: readonly Filled<Row>[], width: number): Fitted<Row>[] {
  let columns = filled.map(sized);
  const mostKept = Math.max(...filled.map(({ column }) => column.keep));
  for (let keep = 0; keep < mostKept && excessOf(columns, width, true) > 0; keep++)
    columns = columns.filter(({ column }) => column.keep !== keep || column.cut !== undefined);
  for (const order of [1, 2])
    for (const column of columns.filter(({ column: { cut: turn } }) => turn === order))
      column.size = Math.max(Math.min(column.size, SHORTEST), column.size - Math.max(0, excessOf(columns, width)));
  return columns;
}

const SHORTEST = 12;
