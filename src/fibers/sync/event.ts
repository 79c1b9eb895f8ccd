import { checkKnown } from '../../base/known-options.js';
import { printAs } from '../../base/print-as.js';
import { Label } from '../label.js';
import type { Operation } from '../operation.js';
import { Suspension, SuspensionKind } from '../suspension.js';
import { WaitList } from '../wait-list.js';

/** Something that happens once. Waiting for it after it has happened does not wait. */
export class Event {
  readonly name: string | null;
  private readonly kind: SuspensionKind;
  private readonly waiters: WaitList = new WaitList();
  private happened: boolean = false;

  constructor(options: { name?: string } = {}) {
    this.name = options.name ?? null;
    this.kind = this.name === null ? WAIT : waitKind(this.name);
  }

  get isSet(): boolean {
    return this.happened;
  }

  /** It happens: wakes all fibers that wait. A plain call, also from callbacks; further calls have no effect. */
  set(): void {
    this.happened = true;
    this.waiters.completeAll(undefined);
  }

  /** Waits until it has happened. Suspends: unless it has. If cancelled: throws. */
  wait(): Operation<void> {
    return new Suspension<void>(this.kind, this, undefined);
  }

  stats(): { readonly isSet: boolean; readonly waiting: number } {
    return Object.freeze({ isSet: this.happened, waiting: this.waiters.size });
  }

  static attempt(suspension: Suspension<unknown, Event>): boolean {
    return suspension.subject.happened;
  }

  static arm(suspension: Suspension<unknown, Event>): void {
    suspension.subject.waiters.push(suspension);
  }

  static abort(suspension: Suspension<unknown, Event>): void {
    suspension.subject.waiters.remove(suspension);
  }
}

printAs(Event, 'Event', (one) => ({ name: one.name, ...one.stats() }));

function waitKind(name: string | null): SuspensionKind<Event, undefined, void> {
  const { attempt, arm, abort } = Event;
  return new SuspensionKind({ label: new Label('event.wait', name), attempt, arm, abort });
}

const WAIT: SuspensionKind<Event, undefined, void> = waitKind(null);

/**
 * Makes an `Event`. `name` is how the graph shows waiting for it. A plain call.
 *
 * @throws `ArgumentError`.
 *
 * @example
 * const ready = event({ name: 'ready' });
 * setImmediate(() => ready.set());
 * yield* ready.wait();
 */
export function event(options: { name?: string } = {}): Event {
  checkKnown('event', options, { name: true });
  return new Event(options);
}
