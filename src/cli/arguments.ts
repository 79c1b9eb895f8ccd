import { InvalidArgumentError } from 'commander';

/** For commander: an integer from `min` to `max`. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(
      max === Number.MAX_SAFE_INTEGER ? `Expected an integer ≥ ${min}.` : `Expected an integer from ${min} to ${max}.`,
    );
  };
}

/** For commander: the empty string is what a shell makes of a variable that is not set. */
export function address(value: string): string {
  if (value === '') throw new InvalidArgumentError('Expected an address of this machine.');
  return value;
}

export const port: (value: string) => number = integer(0, 65535);

/** For commander: a time in seconds, fractions allowed. */
export function seconds(value: string): number {
  const number = Number(value);
  if (/^\d*\.?\d+$/.test(value) && number >= SHORTEST && number <= LONGEST) return number;
  throw new InvalidArgumentError(`Expected seconds from ${SHORTEST} to ${LONGEST}.`);
}

/** Shorter, and looking would disturb what is looked at. Longer than a day nobody waits; timers end at 24.8 days. */
const SHORTEST = 0.1;
const LONGEST = 86_400;
