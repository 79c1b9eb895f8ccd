import { ArgumentError } from './errors.js';
import { nameOf } from './name-of.js';
import { unheard } from './unheard.js';

/** A value as an error message shows it: "`-1` (number)". */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return `\`${String(value)}\``;
  if (typeof value === 'function') return `function \`${nameOf(value)}\``;
  if (typeof value === 'object') return `an object of class \`${asked(() => classOf(value))}\``;
  return `\`${String(value)}\` (${typeof value})`;
}

/** A generator's `constructor` has no name. */
function classOf(value: object): string {
  return value.constructor?.name || Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** A proxy may throw at any access, and a name can be anything. */
function asked(name: () => string): string {
  try {
    return String(name());
  } catch {
    return 'unknown';
  }
}

/** The one form of every argument error: "Expected `capacity` to be an integer ≥ 0, got `-1` (number)". */
export function expected(name: string, expectation: string, value: unknown, advice?: string): ArgumentError {
  unheard(value);
  const message = `Expected \`${name}\` to be ${expectation}, got ${describe(value)}`;
  return new ArgumentError(advice === undefined ? message : `${message}: ${advice}`);
}

/** A duration in milliseconds: a number ≥ 0; `Infinity` means no limit where `allowInfinite` says so. */
export function checkDuration(name: string, value: number, allowInfinite = false): void {
  if (typeof value === 'number' && value >= 0 && (allowInfinite || value < Infinity)) return;
  throw expected(name, allowInfinite ? 'a number of milliseconds ≥ 0' : 'a finite number of milliseconds ≥ 0', value);
}

/** An absolute time; `Infinity` means never. */
export function checkTime(name: string, value: number): void {
  if (typeof value !== 'number' || Number.isNaN(value)) throw expected(name, 'a time in milliseconds of now()', value);
}

/** How long something may take: a finite number of milliseconds above 0. */
export function checkGoal(name: string, value: number): void {
  if (typeof value === 'number' && value > 0 && value < Infinity) return;
  throw expected(name, 'a finite number of milliseconds above 0', value);
}

/** A share relative to others: a finite number above 0. */
export function checkPriority(name: string, value: number): void {
  if (typeof value === 'number' && value > 0 && value < Infinity) return;
  throw expected(name, 'a finite number above 0', value);
}

/** An integer in `min`..`max`, both included. `Infinity` passes when `max` is infinite. */
export function checkInteger(name: string, value: number, min: number, max: number = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  if (max === Infinity && value === Infinity) return;
  const range = max >= Number.MAX_SAFE_INTEGER ? `≥ ${min}` : `from ${min} to ${max}`;
  throw expected(name, `an integer ${range}${max === Infinity ? ' or Infinity' : ''}`, value);
}

/** The options of a function. A name or a number in their place would otherwise be ignored in silence. */
export function checkOptions(options: unknown, name: string = 'options'): void {
  if (typeof options !== 'object' || options === null) throw expected(name, 'an object', options);
}

/** A text that is not empty. */
export function checkText(name: string, value: unknown, what: string = 'a text'): void {
  if (value === '') throw new ArgumentError(`Expected \`${name}\` to be ${what}, got an empty text`);
  if (typeof value !== 'string') throw expected(name, what, value);
}

/** How bytes become text, and text bytes. */
export function checkEncoding(encoding: unknown): void {
  if (!Buffer.isEncoding(encoding as string)) throw expected('encoding', 'an encoding such as `utf8`', encoding);
}

/** The permissions of a file. Node would take a function here for its callback. */
export function checkMode(mode: number): void {
  checkInteger('mode', mode, 0, 0o7777);
}

export function checkSignal(signal: AbortSignal): void {
  if (typeof signal?.addEventListener !== 'function') throw expected('signal', 'an AbortSignal', signal);
}

export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw expected(name, 'a function', value);
}

/** Whether `until` can wait for it; a value that throws when asked is none. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
  } catch {
    return false;
  }
}
