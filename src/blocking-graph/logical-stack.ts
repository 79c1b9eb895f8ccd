import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CancelledError } from '../base/errors.js';
import { isInstance } from '../base/is-instance.js';
import type { Fiber } from '../fibers/fiber.js';
import { Suspension } from '../fibers/suspension.js';
import type { CallPoint } from './call-point.js';
import type { ChainNode } from './call-chain.js';

/**
 * Rewrites the stack of an error that leaves a fiber into the logical one: the calls within the fiber across all its
 * segments, then where the fiber was spawned, and by whom. V8's stack has only the newest segment and, below it, frames of
 * the run loop, which are dropped.
 *
 * The result keeps V8's format, so that tools can still parse it. The error happened in the first fiber that it leaves:
 * fibers that it passes through later do not change it. Costs about as much as creating the error did.
 */
export function attachLogicalStack(error: unknown, fiber: Fiber): void {
  if (!isInstance(error, Error) || attached.has(error)) return;
  attached.add(error);
  try {
    const { stack } = error;
    if (typeof stack !== 'string') return;
    const lines = [...withoutMachinery(stack.split('\n')), ...callers(segments.get(error)), describeSpawn(fiber)];
    error.stack = lines.join('\n');
  } catch {
    // A frozen error, or one with a stack accessor that throws: it stays as it is.
  }
}

/** An error leaves a segment that was called at `from`. Only the first is kept: there V8's stack ends. */
export function noteSegment(error: unknown, from: CallPoint): void {
  if (isInstance(error, Error) && !isInstance(error, CancelledError) && !segments.has(error)) segments.set(error, from);
}

/**
 * An error made in a callback of Node's is about to be thrown into a fiber. Its stack shows the event loop; a stack captured
 * now shows where the fiber waited.
 */
export function tellStack(error: Error): void {
  if (attached.has(error) || segments.has(error)) return;
  try {
    Error.captureStackTrace(error, Suspension.prototype.next);
  } catch {
    // A frozen error stays as it is.
  }
}

const segments: WeakMap<Error, CallPoint> = new WeakMap();
const attached: WeakSet<Error> = new WeakSet();

function withoutMachinery(lines: readonly string[]): string[] {
  return lines.filter((line) => !FRAME.test(line) || !MACHINERY.some((pattern) => pattern.test(line)));
}

const FRAME = /^\s+at /;

/**
 * Matches frames in `dist/` of this package, and in `src/` with source maps. In a bundle the program is in the same file and
 * the two cannot be told apart: all frames are kept, rather than lose the program's.
 */
function ownFiles(): RegExp[] {
  // Undefined in a CommonJS bundle.
  const url: string | undefined = import.meta.url;
  if (!url?.endsWith('/blocking-graph/logical-stack.js')) return [];
  const here = fileURLToPath(new URL('..', url));
  return [new RegExp(`[( /]${escape(here)}`), new RegExp(`[( /]${escape(resolve(here, '../src'))}[/\\\\]`)];
}

const MACHINERY: readonly RegExp[] = [...ownFiles(), /\bnode:(internal\/|async_hooks:)/, /\.next \(<anonymous>\)$/];

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function callers(from: CallPoint | undefined): string[] {
  return from === undefined ? [] : from.node.path().reverse().map(frameOf);
}

function frameOf(call: ChainNode): string {
  const { place } = call;
  return place === null
    ? `    at ${call.name}`
    : `    at ${call.name} (${resolve(place.file)}:${place.line}:${place.column})`;
}

function describeSpawn(fiber: Fiber): string {
  const origin = fiber.origin as CallPoint | null;
  const who = `    at fiber ${fiber.id} ${fiber.name}`;
  if (origin === null) return who;
  const { place, name } = origin.node;
  const where = place === null ? '' : ` (${resolve(place.file)}:${place.line}:${place.column})`;
  return `${who}, spawned by ${name}${where}`;
}
