import { Command } from 'commander';

export function runCommand(): Command {
  return new Command('run')
    .description('run a program in this process')
    .argument('<file>', 'the module to run')
    .argument('[args...]', 'its arguments')
    .passThroughOptions()
    .action(async (file: string, args: string[]) => {
      const { runFile } = await import('../../serve/run-file.js');
      await runFile(file, args);
    });
}
