import { checkFunction, describe } from '../base/check.js';
import { MisuseError } from '../base/errors.js';
import { nameOf } from '../base/name-of.js';
import { unheard } from '../base/unheard.js';
import { adviceFor } from './advice-for.js';
import { current } from './current.js';
import type { Fiber } from './fiber.js';
import { Label } from './label.js';
import { mayBeOperation } from './may-be-operation.js';
import type { Leaf, Operation, OperationFunction } from './operation.js';
import { COMPLETED, FAILED, Suspension, SuspensionKind } from './suspension.js';
import type { CallChain } from './recorder.js';
import type { Scope } from './scope.js';

/**
 * Linked segments (Capriccio, section 3: linked stack management).
 *
 * `yield*` keeps its whole chain on the native stack at every resume: the cost grows with the depth, and at a depth of
 * some thousands the stack overflows. A call through `call()` instead starts a segment of its own: a generator
 * that the run loop drives directly, while the caller's waits. The suspension of the call is itself the frame of
 * the linked list, so linking allocates nothing more.
 */

/**
 * Calls `f` in a new segment: the depth is then bounded by memory alone, and a resume costs the same at any depth.
 * Otherwise the same as `yield* f(...args)`. For deep recursion; compiled code links segments by itself.
 *
 * @throws `ArgumentError` if `f` is no function; what `f` throws.
 * Suspends: as `f` does. If cancelled: as `f` is.
 *
 * @example
 * function* depth(levels: number): Operation<number> {
 *   return levels === 0 ? 0 : 1 + (yield* call(depth, levels - 1));
 * }
 * console.log(yield* depth(1_000_000)); // 1000000
 */
export function call<A extends readonly unknown[], T>(f: OperationFunction<A, T>, ...args: A): Operation<T> {
  checkFunction('f', f);
  return new Suspension<T>(CALL, f, args);
}

/**
 * Runs `operation` in a new segment if it is a generator: otherwise the same as `yield*` of it. For code that runs
 * operations of its callers, so that these do not pay for its own levels at every resume; and for compiled code.
 */
export function inSegment<T>(operation: Operation<T>): Operation<T> {
  return isGenerator(operation) ? new Suspension<T>(LINK, operation, undefined) : operation;
}

/** Whether this asks the run loop for a segment. */
export function isCall(value: unknown): value is Suspension {
  return value instanceof Suspension && value.kind.linksSegment;
}

/** Makes the callee's generator the fiber's newest segment. False if making it threw; the call then throws the error. */
export function linkSegment(fiber: Fiber, call: Suspension): boolean {
  try {
    link(fiber, call);
    return true;
  } catch (error) {
    settleCall(call, true, error);
    return false;
  }
}

function link(fiber: Fiber, frame: Suspension): void {
  const linked = frame.kind === LINK;
  const callee = linked ? (frame.subject as Generator<Leaf, unknown, unknown>) : calleeOf(frame);
  const { recorder } = fiber.loop;
  frame.argument = new Caller(fiber.generator, current.chain, fiber.scope);
  frame.previous = fiber.frame;
  fiber.more().frame = frame;
  fiber.generator = callee;
  if (recorder !== null && !linked) recorder.called(frame.subject as Function);
}

function calleeOf(frame: Suspension): Iterator<Leaf, unknown, unknown> {
  const f = frame.subject as OperationFunction<unknown[], unknown>;
  return iterate(f(...(frame.argument as unknown[])), f);
}

/** The newest segment has ended: goes on with the one that called it, with the value or the error. */
export function unlinkSegment(fiber: Fiber, failed: boolean, outcome: unknown): void {
  const frame = fiber.frame!;
  const caller = frame.argument as Caller;
  fiber.generator = caller.generator;
  current.chain = caller.chain;
  const { recorder } = fiber.loop;
  if (recorder !== null && caller.chain !== null) {
    if (failed) recorder.threw(outcome, caller.chain);
    else if (frame.kind === LINK) recorder.returned(caller.chain);
  }
  fiber.more().frame = frame.previous;
  frame.previous = null;
  settleCall(frame, failed, outcome);
}

/** The innermost scope that was open when the newest segment began. */
export function segmentScope(fiber: Fiber): Scope {
  return fiber.frame === null ? fiber.home() : (fiber.frame.argument as Caller).scope;
}

/** Answers a call; its `next()` then returns the value or throws the error in the caller. */
function settleCall(frame: Suspension, failed: boolean, outcome: unknown): void {
  frame.value = outcome;
  frame.done = !failed;
  frame.phase = failed ? FAILED : COMPLETED;
}

/**
 * The iterator of an operation made by `maker`, for the run loop to drive: always a generator, since the loop calls the
 * generators' own `next`. Anything else is wrapped in one.
 */
export function iterate(operation: unknown, maker: Function): Iterator<Leaf, unknown, unknown> {
  return isGenerator(operation) ? operation : delegate(checkOperation(operation as Operation<unknown>, maker));
}

/** Returns `operation`, which was given or returned by `maker`; throws `MisuseError` if it is none. */
export function checkOperation<T>(operation: Operation<T>, maker?: Function): Operation<T> {
  if (mayBeOperation(operation)) return operation;
  unheard(operation);
  const name = maker === undefined ? '' : nameOf(maker, '');
  const what = name === '' ? 'an operation' : `\`${name}\` to return an operation`;
  throw new MisuseError(`Expected ${what}, got ${describe(operation)}: ${adviceFor(operation)}`);
}

function isGenerator(value: unknown): value is Generator<Leaf, unknown, unknown> {
  return typeof value === 'object' && value !== null && GENERATOR.isPrototypeOf(value);
}

function* delegate(operation: Operation<unknown>): Generator<Leaf, unknown, unknown> {
  return yield* operation;
}

const GENERATOR: object = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})()));

/** What a frame remembers of its caller. */
class Caller {
  readonly generator: Iterator<Leaf, unknown, unknown>;
  readonly chain: CallChain | null;
  readonly scope: Scope;

  constructor(generator: Iterator<Leaf, unknown, unknown>, chain: CallChain | null, scope: Scope) {
    this.generator = generator;
    this.chain = chain;
    this.scope = scope;
  }
}

const CALL: SuspensionKind = new SuspensionKind({
  // Never seen in the graph: a call does not wait. The label serves error messages.
  label: new Label('custom', 'call'),
  arm() {},
  abort() {},
  linksSegment: true,
});

const LINK: SuspensionKind = new SuspensionKind({
  label: CALL.label,
  arm() {},
  abort() {},
  linksSegment: true,
});
