import { Command } from 'commander';

export function helpCommand(): Command {
  const help = new Command('help')
    .description('display help for command')
    .argument('[command]')
    .action((name: string | undefined) => {
      const program: Command = help.parent!;
      const named = name === undefined ? program : program.commands.find((command) => command.name() === name);
      if (named === undefined) program.error(`error: unknown command '${name}'`, { code: 'commander.unknownCommand' });
      named.help();
    });
  return help;
}
