import { types } from 'node:util';
import { expected } from '../base/check.js';
import type { ArgumentError } from '../base/errors.js';

/**
 * The error for what is neither a text nor a `Uint8Array` where one is expected. Of memory in another form it names the view to
 * write: only a `Uint8Array` has its length in bytes, and streams of Node take no other.
 */
export function notBytes(
  name: string,
  value: unknown,
  expectation: string = 'a string or a Uint8Array',
): ArgumentError {
  return expected(name, expectation, value, adviceFor(value));
}

function adviceFor(value: unknown): string | undefined {
  if (types.isAnyArrayBuffer(value)) return 'write `new Uint8Array(buffer)`';
  if (!ArrayBuffer.isView(value)) return undefined;
  return 'write `new Uint8Array(view.buffer, view.byteOffset, view.byteLength)`';
}
