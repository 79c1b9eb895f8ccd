import { Command } from 'commander';
import { printable } from '../../blocking-graph/render/format.js';
import { listPrograms, type Program } from '../../inspect/list-programs.js';

export function psCommand(): Command {
  return new Command('ps').description('list the running programs that can be looked at').action(async () => {
    process.stdout.write(table(await listPrograms()));
  });
}

function table(programs: readonly Program[]): string {
  const rows = [['PID', 'NODE', 'HEDDLE', 'PROGRAM'], ...programs.map(row)];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => (column === 0 ? cell.padStart(widths[0]!) : cell.padEnd(widths[column] ?? 0)))
        .join('  '),
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

function row({ pid, greeting }: Program): string[] {
  if (greeting === null) return [String(pid), '-', '-', '(does not answer)'];
  return [String(pid), printable(greeting.node), printable(greeting.version), printable(greeting.title)];
}
