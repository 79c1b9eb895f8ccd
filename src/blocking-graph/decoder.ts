import { describe } from '../base/check.js';
import { SnapshotError } from '../base/errors.js';

/**
 * Reads untrusted data: returns a `T` that shares nothing with `value`, or throws a `SnapshotError` that names the place.
 * `path` is the place of `value`, written as in JavaScript: `nodes[3].run`.
 *
 * Combinators rather than a schema library: a dozen serve both the snapshot and the protocol, and TypeScript checks that a
 * decoder of `T` reads every field of `T`.
 */
export type Decoder<T> = (value: unknown, path: string) => T;

export const text: Decoder<string> = (value, path) => {
  if (typeof value !== 'string') throw mismatch(path, 'a string', value);
  return value;
};

export const flag: Decoder<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw mismatch(path, '`true` or `false`', value);
  return value;
};

/** A machine-made name: it needs no escaping in any output format. */
export const identifier: Decoder<string> = (value, path) => {
  if (typeof value !== 'string' || !/^[\w.-]{1,64}$/.test(value))
    throw mismatch(path, 'an id of up to 64 letters, digits, `_`, `.` and `-`', value);
  return value;
};

/** A finite number. JSON has no others, but the value may not come from JSON. */
export const number: Decoder<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw mismatch(path, 'a number', value);
  return value;
};

/** A duration or another quantity that cannot be negative. */
export const quantity: Decoder<number> = (value, path) => {
  if (number(value, path) < 0) throw mismatch(path, 'a number ≥ 0', value);
  return value as number;
};

export const count: Decoder<number> = (value, path) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw mismatch(path, 'an integer ≥ 0', value);
  return value as number;
};

/** A balance, such as opened less closed: it may be negative. */
export const difference: Decoder<number> = (value, path) => {
  if (!Number.isSafeInteger(value)) throw mismatch(path, 'an integer', value);
  return value as number;
};

export function oneOf<const T extends string | number>(...choices: readonly T[]): Decoder<T> {
  return (value, path) => {
    if (!choices.includes(value as T))
      throw mismatch(path, choices.map((choice) => `\`${choice}\``).join(' or '), value);
    return value as T;
  };
}

export function orNull<T>(read: Decoder<T>): Decoder<T | null> {
  return (value, path) => (value === null ? null : read(value, path));
}

/** For a field that may be absent: `object` leaves out fields that decode to `undefined`. */
export function optional<T>(read: Decoder<T>): Decoder<T> {
  return (value, path) => (value === undefined ? (undefined as T) : read(value, path));
}

/** For a field that older files lack; it then decodes to `before`. */
export function added<T>(read: Decoder<T>, before: T): Decoder<T> {
  return (value, path) => (value === undefined ? before : read(value, path));
}

export function list<T>(read: Decoder<T>): Decoder<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw mismatch(path, 'an array', value);
    return value.map((item, index) => read(item, `${path}[${index}]`));
  };
}

/** Unknown fields are ignored, so that a later heddle can add some. */
export function object<T extends object>(fields: { readonly [K in keyof T]-?: Decoder<T[K]> }): Decoder<T> {
  const decoders = Object.entries(fields) as [name: string, read: Decoder<unknown>][];
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch(path, 'an object', value);
    const result: Record<string, unknown> = {};
    for (const [name, read] of decoders) {
      const field = read((value as Record<string, unknown>)[name], path === '' ? name : `${path}.${name}`);
      if (field !== undefined) result[name] = field;
    }
    return result as T;
  };
}

export function mismatch(path: string, expectation: string, value: unknown): SnapshotError {
  const what = value === undefined ? 'nothing' : Array.isArray(value) ? 'an array' : describe(value).slice(0, 80);
  return new SnapshotError(`Expected ${path === '' ? 'it' : `\`${path}\``} to be ${expectation}, got ${what}`);
}
