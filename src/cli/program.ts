import { Command } from 'commander';
import { processInfo } from '../process-info.js';
import { checkCommand } from './commands/check.js';
import { explainCommand } from './commands/explain.js';
import { graphCommand } from './commands/graph.js';
import { helpCommand } from './commands/help.js';
import { psCommand } from './commands/ps.js';
import { runCommand } from './commands/run.js';
import { serveCommand } from './commands/serve.js';
import { usageError } from './usage-error.js';

/** The command line. Usage errors throw a `CommanderError` after they have been printed. */
export function makeProgram(): Command {
  const program = new Command('heddle')
    .description(
      'Fibers that schedule themselves by the resources they use: see what a running program waits for, and what the compiler makes of it.',
    )
    .version(processInfo().heddle)
    // Options after the file that `run` runs belong to that file.
    .enablePositionalOptions()
    .addCommand(checkCommand())
    .addCommand(explainCommand())
    .addCommand(graphCommand())
    .addCommand(psCommand())
    .addCommand(runCommand())
    .addCommand(serveCommand())
    // Commander's own prints the help of `heddle` for a command that does not exist, and not that it does not.
    .helpCommand(false)
    .addCommand(helpCommand());
  for (const command of [program, ...program.commands]) {
    // Commander would print its errors before it makes them, without what to do next.
    command.configureOutput({ outputError: () => {} }).exitOverride((error) => {
      if (error.message.startsWith('error: ')) console.error(usageError(command, error));
      throw error;
    });
  }
  return program;
}
