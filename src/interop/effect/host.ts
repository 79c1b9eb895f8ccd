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

// Said here, since all of the door needs this module, which imports by name nothing that version 3 has not: an import that
// fails would say no more than that.
if (!('runForkWith' in Effect))
  throw new MisuseError('`heddle/effect` needs Effect 4, and another version is installed: `npm install effect@4`');

/** Where `toEffect` runs its operation: for the fiber that runs the Effect, else in a runtime. */
export const HOME: Context.Reference<Home> = Context.Reference<Home>('heddle/effect/Home', {
  defaultValue: sharedRuntime,
});

/**
 * Runs the operations in `effect` in `runtime`, where no fiber runs the Effect. Without it they share a runtime that is
 * made when the first one starts.
 *
 * @throws `ArgumentError`.
 */
export function provideRuntime<A, E, R>(effect: Effect.Effect<A, E, R>, runtime: Runtime): Effect.Effect<A, E, R> {
  if (!(runtime instanceof Runtime)) throw expected('runtime', 'a Runtime, as `new Runtime()` makes one', runtime);
  return Effect.provideService(effect, HOME, runtime);
}

/** What an Effect that `fiber` runs finds: `services`, time and turns of the fiber's run loop, and the fiber. */
export function contextFor<R>(fiber: Fiber, services: Context.Context<R> | undefined): Context.Context<R> {
  const host = hostOf(fiber.loop);
  return Context.add(
    services === undefined ? host.context : host.with(services as Context.Context<never>),
    HOME,
    fiber,
  ) as Context.Context<R>;
}

/** What all Effects of one run loop have in common. Made once, since Effect derives more from it at the first use. */
class Host {
  readonly context: Context.Context<never>;
  /** The same with services. A program has few such contexts and runs many Effects in each. */
  readonly #merged = new WeakMap<object, Context.Context<never>>();

  constructor(loop: RunLoop) {
    // Turns through the loop's clock are `setImmediate` as before; under a virtual clock they count as things to do.
    const scheduler = new Scheduling.MixedScheduler('async', (task) => {
      let wanted = true;
      loop.clock.defer(() => wanted && task());
      return () => void (wanted = false);
    });
    this.context = Context.add(Context.make(Clock, new HeddleClock(loop)), Scheduling.Scheduler, scheduler);
  }

  /** What `services` say themselves of time (a test clock) holds, if it is not that of another run, in which they were taken. */
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
