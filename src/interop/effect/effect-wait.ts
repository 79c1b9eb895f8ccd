import type { Fiber as EffectFiber } from 'effect/Fiber';
import type { Exit } from 'effect/Exit';
import * as Cause from 'effect/Cause';
import * as Option from 'effect/Option';
import type { AnySpan } from 'effect/Tracer';
import { Label } from '../../fibers/label.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { thrownFor } from './cause-of.js';

/**
 * The wait for an Effect that has begun and not ended.
 *
 * If cancelled: interrupts the Effect and waits until it has ended, including its finalizers, so that "cancelled" means that
 * it has stopped.
 *
 * @param above the span around the Effect, if any.
 * @param stopping whether the Effect has already been interrupted.
 */
export function effectWait<A, E>(
  effect: EffectFiber<A, E>,
  above: AnySpan | undefined,
  stopping: boolean,
): Suspension<A> {
  const kinds = kindsFor(spanName(effect.cache.span, above));
  return new Suspension<A>(stopping ? kinds.stopping : kinds.running, effect, stopping);
}

/** Passes an exit to the waiting fiber. */
function settle(suspension: Suspension, exit: Exit<unknown, unknown>): void {
  if (exit._tag === 'Success') return void suspension.complete(exit.value);
  const { cause } = exit;
  // A cause of interruptions only says that it stopped as asked, so the cancellation is thrown. Any failure takes precedence.
  const stopped = suspension.argument === true && Cause.hasInterruptsOnly(cause);
  suspension.fail((stopped ? suspension.fiber!.interruption : null) ?? thrownFor(cause));
}

/** The name of the Effect's own outermost span, which identifies it whatever inner spans it enters; null without spans. */
function spanName(innermost: AnySpan | undefined, above: AnySpan | undefined): string | null {
  let name: string | null = null;
  for (let span = innermost; span?._tag === 'Span' && span !== above; span = Option.getOrUndefined(span.parent))
    name = span.name;
  return name;
}

interface Kinds {
  readonly running: SuspensionKind;
  /** For an interrupted Effect: another cancellation has no effect. */
  readonly stopping: SuspensionKind;
}

function kinds(label: Label): Kinds {
  const wait = {
    label,
    arm(suspension: Suspension) {
      (suspension.subject as EffectFiber<unknown, unknown>).addObserver((exit) => settle(suspension, exit));
    },
    abort(suspension: Suspension) {
      suspension.argument = true;
      (suspension.subject as EffectFiber<unknown, unknown>).interruptUnsafe();
    },
    undoable: false,
  };
  return { running: new SuspensionKind(wait), stopping: new SuspensionKind({ ...wait, uninterruptible: true }) };
}

/** Cached by span name. Beyond a bound waits are nameless: such names contain ids, and do not identify a place in a program. */
function kindsFor(name: string | null): Kinds {
  if (name === null) return NAMELESS;
  let found = NAMED.get(name);
  if (found !== undefined) return found;
  if (NAMED.size >= MOST_NAMES) return NAMELESS;
  NAMED.set(name, (found = kinds(new Label('effect', name))));
  return found;
}

const MOST_NAMES = 1000;
const NAMELESS: Kinds = kinds(new Label('effect'));
const NAMED = new Map<string, Kinds>();
