import type { Command, CommanderError } from 'commander';
import { printable } from '../blocking-graph/render/format.js';

/** One line that says what was wrong in the use of a command, and what to do next. */
export function usageError(command: Command, { code, message }: CommanderError): string {
  // Commander puts what may have been meant on a line of its own.
  const wrong = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const next = wrong.endsWith('?)') ? '' : nextStep(command, code, wrong);
  // What was typed may come from a file's name, which may hold anything.
  return printable(`heddle: ${wrong}${next}`, Infinity);
}

function nextStep(command: Command, code: string, wrong: string): string {
  // `--watch 4711` takes the process id for its own value, since that is optional.
  const optional = command.options.filter(({ optional: isOptional }) => isOptional);
  switch (code) {
    case 'commander.unknownCommand':
      return `: there are ${command.commands.map((one) => one.name()).join(', ')}`;
    case 'commander.missingArgument': {
      const taker = optional.find((option) => !BARE.has(command.getOptionValue(option.attributeName())));
      const order = taker === undefined ? '' : `; give it before '${taker.long}', which has taken what follows it`;
      return `: ${command.registeredArguments[0]!.description}${order}`;
    }
    case 'commander.invalidArgument':
      return optional.some(({ flags }) => wrong.includes(`'${flags}'`))
        ? ` The ${command.registeredArguments[0]!.name()} goes before this option.`
        : '';
    case 'commander.unknownOption':
      return `; see \`heddle ${command.parent === null ? '' : `${command.name()} `}--help\``;
    default:
      return '';
  }
}

/** The values of an option that was not given, or without a value. */
const BARE: ReadonlySet<unknown> = new Set([undefined, true]);
