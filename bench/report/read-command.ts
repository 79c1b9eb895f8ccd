import { parseArgs } from 'node:util';
import { planOptions } from '../command/arguments.js';
import { settingOptions } from '../overload/arguments.js';

/** What names files, and what a single run was about. */
const others = {
  json: { type: 'string' },
  compare: { type: 'string' },
  out: { type: 'string' },
  scenario: { type: 'string' },
  scenarios: { type: 'string' },
} as const;

/** The rest of what may stand on a command line decides over the figures. */
const { scenario: _scenario, ...overloadOptions } = settingOptions;
const benchmarkOptions = { ...planOptions, smoke: { type: 'boolean' } } as const;

/** A command as a file of results has it. */
export interface Command {
  readonly isOverload: boolean;
  /** Those options that decide over the figures, as they were given; `''` for one without a value. */
  readonly options: ReadonlyMap<string, string>;
}

export function readCommand(command: string): Command {
  const [word, ...rest] = wordsOf(command.replace(/^npm run bench --/, ''));
  const isOverload = word === 'overload';
  const options = isOverload ? overloadOptions : benchmarkOptions;
  const args = isOverload || word === undefined ? rest : [word, ...rest];
  const { tokens } = parseArgs({
    args,
    options: { ...options, ...others },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = tokens.flatMap((token): [string, string][] =>
    token.kind === 'option' && Object.hasOwn(options, token.name) ? [[token.name, token.value ?? '']] : [],
  );
  return { isOverload, options: new Map(given) };
}

/** How one of the options is typed again. */
export function typed([name, value]: readonly [string, string]): readonly string[] {
  if (value === '') return [`--${name}`];
  return value.startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, value];
}

/** The reverse of `commandLine`: what a shell makes of it. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:'[^']*'|\\'|[^\s'\\])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|\\(')/g, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ''),
  );
}
