import { Command } from 'commander';
import { onOutputError } from '../on-output-error.js';

export function runCommand(): Command {
  return new Command('run')
    .summary('run a program in this process')
    .description('run a program in this process; if it exports a function* by default, that is its main')
    .argument('<file>', 'the module to run')
    .argument('[args...]', 'its arguments')
    .option(
      '--no-compile',
      'leave its modules as they are: loops cannot be interrupted, call sites have no names, and only Node removes types (20 does not)',
    )
    .passThroughOptions()
    .action(async (file: string, args: string[], options: { compile: boolean }) => {
      const { runFile } = await import('../../serve/run-file.js');
      process.stdout.off('error', onOutputError);
      await runFile(file, args, options);
    });
}
