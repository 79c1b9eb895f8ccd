import type { Reading } from './read-results.js';

/** What decides over figures, of all that may stand on a command line; the others name files, and what a single run was about. */
const flags = /--(?:quick\b|(?:runs|peers|cases)[ =]\S+)/g;

/** The same of what only `overload` itself can be told. */
const overloadFlags = /--(?:(?:quick|health)\b|(?:load|seconds|runs|seed|static)[ =]\S+)/g;

/** The command that measures a figure again and draws it, with the flags with which these values were measured. */
export function reproduce(what: string, readings: readonly Reading[]): string {
  const from = readings[0]?.from;
  const command = from?.command ?? '';
  const environment = from?.nodeOptions === undefined ? '' : `NODE_OPTIONS='${from.nodeOptions}' `;
  const scenario = /^overload --scenarios (\S+)$/.exec(what)?.[1];
  const own = command.match(overloadFlags) ?? [];
  const used = command.match(flags) ?? [];
  if (scenario === undefined || own.length === used.length)
    return `${environment}${['npm run bench -- report', what, ...used].join(' ')}`;
  const measure = ['npm run bench -- overload --scenario', scenario, ...own, '--json overload.jsonl'].join(' ');
  return `${environment}${measure} && npm run bench -- report --from overload.jsonl`;
}
