import { commandLine } from '../harness/provenance.js';
import { readCommand, typed } from './read-command.js';
import type { Reading } from './read-results.js';

/** The command that measures a figure again and draws it, with the flags with which these values were measured. */
export function reproduce(what: string, readings: readonly Reading[]): string {
  const from = readings[0]?.from;
  const { isOverload, options } = readCommand(from?.command ?? '');
  const environment = from?.nodeOptions === undefined ? '' : `NODE_OPTIONS='${from.nodeOptions}' `;
  const flags = [...options].flatMap(typed);
  const scenario = /^overload --scenarios (\S+)$/.exec(what)?.[1];
  const inTwoSteps = (args: readonly string[], file: string): string =>
    `${environment}${commandLine([...args, ...flags, '--json', file])} && ${commandLine(['report', '--from', file])}`;
  // `report` leaves it to `overload` to measure, and takes only a few of its options; and knows no `--smoke`.
  if (isOverload && scenario !== undefined) return inTwoSteps(['overload', '--scenario', scenario], 'overload.jsonl');
  if (options.has('smoke')) return inTwoSteps([what], `${what}.jsonl`);
  return `${environment}${commandLine(['report', ...what.split(' '), ...flags])}`;
}
