import { Command } from 'commander';
import { explainText } from '../explain-text.js';
import { notSource } from '../not-source.js';
import { readSource } from '../read-source.js';

interface ExplainOptions {
  readonly code?: boolean;
  readonly json?: boolean;
}

export function explainCommand(): Command {
  return new Command('explain')
    .description('show what the compiler makes of a file: fiber functions, sites, loops, and what it leaves alone')
    .argument('<file>', 'a file in JavaScript or TypeScript')
    .option('--code', 'print the compiled code')
    .option('--json', 'print JSON')
    .action(async (file: string, options: ExplainOptions) => {
      const source = readSource(file).toString();
      const text = await describe(file, source, options).catch((error) => {
        throw (error.code === 'ERR_HEDDLE_COMPILE' ? notSource(file) : null) ?? error;
      });
      process.stdout.write(text);
    });
}

async function describe(file: string, source: string, { code, json }: ExplainOptions): Promise<string> {
  const { inDeepThread } = await import('../../compiler/deep-thread.js');
  const functions = await inDeepThread('explain', source, file);
  const compiled = code === true ? ((await inDeepThread('transform', source, file))?.code ?? source) : null;
  if (json === true) {
    const more = compiled === null ? {} : { code: compiled };
    return `${JSON.stringify({ format: 'heddle.explain', version: 1, file, functions, ...more }, null, 2)}\n`;
  }
  if (compiled !== null) return compiled;
  return explainText(file, functions, process.stdout.isTTY && process.stdout.hasColors());
}
