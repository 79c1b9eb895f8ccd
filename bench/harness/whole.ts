import { UsageError } from './usage-error.js';

/** @throws {UsageError} if `text`, which an option of this name was given, is no integer from 1. */
export function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(`Expected \`${name}\` to be an integer ≥ 1, got \`${text}\``);
}
