import { Clock } from 'effect/Clock';
import * as Context from 'effect/Context';
import * as Effect from 'effect/Effect';
import * as Scheduling from 'effect/Scheduler';
import { expected } from '../../base/check.js';
import { MisuseError } from '../../base/errors.js';
import type { Fiber } from '../../fibers/fiber.js';
import type { RunLoop } from '../../fibers/run-loop.js';
import { Runtime } from '../../runtime.js';
import type { Home } from '../launch.js';
import { sharedRuntime } from '../shared-runtime.js';
import { HeddleClock } from './heddle-clock.js';

// Checked here, since everything in this door imports this module. It must not import by name anything that Effect 3 lacks: a
// failed import would come first, with a message that does not name the cause.
if (!('runForkWith' in Effect))
  throw new MisuseError('`heddle/effect` needs Effect 4, and another version is installed: `npm install effect@4`');

/** Where `toEffect` runs its operation: set by `fromEffect` to its fiber and by `provideRuntime`, else the shared runtime. */
export const HOME: Context.Reference<Home> = Context.Reference<Home>('heddle/effect/Home', {
  defaultValue: sharedRuntime,
});

/**
 * Makes the operations in `effect` run in `runtime`, even if a fiber runs the Effect. Without it, operations that no fiber runs
 * share a runtime that is made on first use. A plain call.
 *
 * @throws `ArgumentError`.
 */
export function provideRuntime<A, E, R>(effect: Effect.Effect<A, E, R>, runtime: Runtime): Effect.Effect<A, E, R> {
  if (!(runtime instanceof Runtime)) throw expected('runtime', 'a Runtime, as `new Runtime()` makes one', runtime);
  return Effect.provideService(effect, HOME, runtime);
}

/** The context for an Effect that `fiber` runs: `services`, clock and scheduler of the fiber's run loop, and the fiber. */
export function contextFor<R>(fiber: Fiber, services: Context.Context<R> | undefined): Context.Context<R> {
  const host = hostOf(fiber.loop);
  return Context.add(
    services === undefined ? host.context : host.with(services as Context.Context<never>),
    HOME,
    fiber,
  ) as Context.Context<R>;
}

/** The context shared by all Effects of one run loop. Made once, since Effect caches derived data with it on first use. */
class Host {
  readonly context: Context.Context<never>;
  /** That context merged with services, cached: a program has few sets of services and runs many Effects with each. */
  readonly #merged = new WeakMap<object, Context.Context<never>>();

  constructor(loop: RunLoop) {
    // The loop's clock defers by `setImmediate`, as Effect does; a virtual clock knows of such turns and waits for them.
    const scheduler = new Scheduling.MixedScheduler('async', (task) => {
      let wanted = true;
      loop.clock.defer(() => wanted && task());
      return () => void (wanted = false);
    });
    this.context = Context.add(Context.make(Clock, new HeddleClock(loop)), Scheduling.Scheduler, scheduler);
  }

  /** A clock in `services` (a test clock) takes precedence, unless it is the `HeddleClock` of the run in which they were made. */
  with(services: Context.Context<never>): Context.Context<never> {
    let merged = this.#merged.get(services);
    if (merged === undefined) {
      const taken = Context.getOrUndefined(services, Clock) instanceof HeddleClock;
      merged = taken ? Context.merge(services, this.context) : Context.merge(this.context, services);
      this.#merged.set(services, merged);
    }
    return merged;
  }
}

function hostOf(loop: RunLoop): Host {
  let host = HOSTS.get(loop);
  if (host === undefined) HOSTS.set(loop, (host = new Host(loop)));
  return host;
}

const HOSTS = new WeakMap<RunLoop, Host>();
