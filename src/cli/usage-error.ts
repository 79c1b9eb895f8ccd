import type { Command, CommanderError } from 'commander';
import { printable } from '../blocking-graph/render/format.js';

/** One line that says what was wrong in the use of a command, and what to do next. */
export function usageError(command: Command, { code, message }: CommanderError): string {
  // Commander puts what may have been meant on a line of its own.
  const wrong = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const next = wrong.endsWith('?)') ? '' : nextStep(command, code);
  // What was typed may come from a file's name, which may hold anything.
  return printable(`heddle: ${wrong}${next}`, Infinity);
}

function nextStep(command: Command, code: string): string {
  switch (code) {
    case 'commander.unknownCommand':
      return `: there are ${command.commands.map((one) => one.name()).join(', ')}`;
    case 'commander.missingArgument':
      return `: ${command.registeredArguments[0]!.description}`;
    case 'commander.unknownOption':
      return `; see \`heddle ${command.parent === null ? '' : `${command.name()} `}--help\``;
    default:
      return '';
  }
}
