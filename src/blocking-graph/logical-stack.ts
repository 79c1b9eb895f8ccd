import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CancelledError } from '../base/errors.js';
import { isInstance } from '../base/is-instance.js';
import type { Fiber } from '../fibers/fiber.js';
import { Suspension } from '../fibers/suspension.js';
import type { CallPoint } from './call-point.js';
import type { ChainNode } from './call-chain.js';

/**
 * Makes the stack of an error that leaves a fiber tell what its reader thinks of as the stack: the calls within the
 * fiber across all its segments, then where the fiber was spawned, and by whom. The engine's knows only the newest
 * segment, and below it the run loop, which is left out.
 *
 * It stays a string of the engine's form, so that tools which parse stacks go on to. The fiber that an error leaves
 * first is where it happened: others that it passes through later change nothing. Costs about as much as making the
 * error did.
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
    // A frozen error, or one whose stack is computed by code of its own: it is the program's, and stays as it is.
  }
}

/** An error leaves a segment that was called at `from`: the first one is where the engine's stack ends. */
export function noteSegment(error: unknown, from: CallPoint): void {
  if (isInstance(error, Error) && !isInstance(error, CancelledError) && !segments.has(error)) segments.set(error, from);
}

/**
 * An error that a callback of the system made is thrown into a fiber. Its stack tells of the event loop; the engine's, as it
 * is now, tells where the fiber waited.
 */
export function tellStack(error: Error): void {
  if (attached.has(error) || segments.has(error)) return;
  try {
    Error.captureStackTrace(error, Suspension.prototype.next);
  } catch {
    // A frozen one stays as it is.
  }
}

const segments: WeakMap<Error, CallPoint> = new WeakMap();
const attached: WeakSet<Error> = new WeakSet();

function withoutMachinery(lines: readonly string[]): string[] {
  return lines.filter((line) => !FRAME.test(line) || !MACHINERY.some((pattern) => pattern.test(line)));
}

const FRAME = /^\s+at /;

/**
 * `dist/` of this package, and `src/` where source maps are followed. In a bundle the program stands in the same file: there
 * nothing tells the two apart, and the runtime's frames stay rather than the program's go.
 */
function ownFiles(): RegExp[] {
  // In a bundle of CommonJS there is none.
  const url: string | undefined = import.meta.url;
  if (!url?.endsWith('/blocking-graph/logical-stack.js')) return [];
  const here = fileURLToPath(new URL('..', url));
  return [new RegExp(`[( /]${escape(here)}`), new RegExp(`[( /]${escape(resolve(here, '../src'))}[/\\\\]`)];
}

const MACHINERY: readonly RegExp[] = [...ownFiles(), /\bnode:internal\//, /\.next \(<anonymous>\)$/];

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
