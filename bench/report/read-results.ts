import { readFileSync } from 'node:fs';
import { median } from '../harness/median.js';
import type { Provenance } from '../harness/provenance.js';
import type { ValueLine } from '../harness/result-lines.js';
import { UsageError } from '../harness/usage-error.js';

/** A line of a value as it is found in a file. */
export interface Reading extends ValueLine {
  /** Of the run that wrote it; absent where the file is older than that line. */
  readonly from?: Provenance;
  /** What made the load was at its own limit: other lines say so, not this one. It is shown, and compared with nothing. */
  readonly saturated?: true;
}

/** @throws {UsageError} if the file cannot be read or is no file of results. */
export function readResults(path: string): readonly Reading[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`Cannot read \`${path}\`: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  return parseResults(text, path);
}

/**
 * Ratios are left out: they follow from the values. A last line without its end, left by a run that was killed, is left out, too.
 *
 * @throws {UsageError} if `text` holds anything but JSON lines, or no value at all.
 */
export function parseResults(text: string, source: string): readonly Reading[] {
  let from: Provenance | undefined;
  const readings: Reading[] = [];
  const texts = text.split('\n');
  for (const [index, one] of texts.entries()) {
    if (one.trim() === '') continue;
    const record = parseLine(one);
    if (record === undefined) {
      if (index === texts.length - 1) break;
      throw new UsageError(`\`${source}\` line ${index + 1} is no JSON object; expected what \`--json\` writes`);
    }
    if (isProvenance(record['provenance'])) from = record['provenance'];
    else if (isReading(record)) readings.push(from === undefined ? record : { ...record, from });
  }
  if (readings.length === 0) throw new UsageError(`\`${source}\` holds no values; expected what \`--json\` writes`);
  return joinRepeated(readings);
}

/** What was measured several times counts as one: the median of the medians, between the extremes of all. */
export function joinRepeated(readings: readonly Reading[]): readonly Reading[] {
  const byKey = new Map<string, Reading[]>();
  for (const one of readings) {
    const same = byKey.get(keyOf(one));
    if (same === undefined) byKey.set(keyOf(one), [one]);
    else same.push(one);
  }
  return [...byKey.values()].map((all) => {
    const last = all[all.length - 1] as Reading;
    const values = all.flatMap(({ value }) => value ?? []);
    if (all.length === 1 || values.length === 0) return last;
    const note = all.find((one) => one.note !== undefined)?.note;
    return {
      ...last,
      ...(note !== undefined && { note }),
      value: median(values),
      min: Math.min(...all.flatMap(({ min }) => min ?? [])),
      max: Math.max(...all.flatMap(({ max }) => max ?? [])),
      runs: all.reduce((sum, { runs }) => sum + runs, 0),
    };
  });
}

/** Names a figure; also for people. */
export function keyOf({ bench, case: point, subject, metric, semiSpaceMb }: Reading): string {
  const setting = semiSpaceMb === undefined ? '' : ` (semi-space ${semiSpaceMb} MB)`;
  return `${bench} ${point} ${subject} ${metric}${setting}`;
}

function parseLine(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isProvenance(value: unknown): value is Provenance {
  return typeof value === 'object' && value !== null && 'command' in value && typeof value.command === 'string';
}

function isReading(record: object): record is Reading {
  const found = record as Partial<Reading>;
  const isNumberOrNull = (value: unknown): boolean => value === null || typeof value === 'number';
  return (
    [found.bench, found.case, found.subject, found.metric].every((name) => typeof name === 'string') &&
    [found.value, found.min, found.max].every(isNumberOrNull) &&
    typeof found.runs === 'number'
  );
}
