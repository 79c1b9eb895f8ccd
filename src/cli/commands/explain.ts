import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { ArgumentError } from '../../base/errors.js';
import { explainText } from '../explain-text.js';

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
      process.stdout.write(await describe(file, read(file), options));
    });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new ArgumentError(`There is no file \`${file}\` that can be read`);
  }
}

/** The parser is loaded here, so that other commands do not pay for it. */
async function describe(file: string, source: string, { code, json }: ExplainOptions): Promise<string> {
  const [{ explain }, { formatOf }, { transform }] = await Promise.all([
    import('../../compiler/explain.js'),
    import('../../compiler/format-of.js'),
    import('../../compiler/transform.js'),
  ]);
  const options = { file, format: formatOf(source, file) };
  const functions = explain(source, options);
  const compiled = code === true ? (transform(source, options)?.code ?? source) : null;
  if (json === true) {
    const more = compiled === null ? {} : { code: compiled };
    return `${JSON.stringify({ format: 'heddle.explain', version: 1, file, functions, ...more }, null, 2)}\n`;
  }
  if (compiled !== null) return compiled;
  return explainText(file, functions, process.stdout.isTTY && process.stdout.hasColors());
}
