/* Compiled, never run: what the types of the operators promise, and what they refuse. */
import {
  abortable,
  all,
  call,
  channel,
  event,
  FiberLocal,
  mutex,
  moveOnAfter,
  moveOnAt,
  now,
  race,
  run,
  scope,
  select,
  semaphore,
  shield,
  sleep,
  spawn,
  spawnDaemon,
  suspend,
  until,
  withTimeout,
  withTimeoutAt,
  yieldNow,
  type Fiber,
  type FiberStatus,
  type Operation,
  type Mutex,
  type Permit,
  type Resource,
  type Runtime,
  type Scope,
  type Semaphore,
} from 'heddle';
import { Label, SuspensionKind } from 'heddle/lowlevel';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Accepts a value whose type is exactly `T`. */
function exactly<T>() {
  return <U>(_value: U, ..._proof: Same<T, U> extends true ? [] : [expected: T]): void => {};
}

declare function text(): Operation<string>;
declare function count(of: string, times?: number): Operation<number>;

export function* results(): Operation<void> {
  exactly<[string, number]>()(yield* all([text(), count('a')]));
  exactly<string[]>()(yield* all([text()] as Operation<string>[]));
  exactly<[]>()(yield* all([]));
  exactly<string | number>()(yield* race([text(), count('a')]));
  exactly<string>()(yield* withTimeout(1, text()));
  exactly<string>()(yield* withTimeoutAt(1, text()));
  exactly<string | undefined>()(yield* moveOnAfter(1, text()));
  exactly<string | undefined>()(yield* moveOnAt(1, text()));
  exactly<string>()(yield* shield(text(), { within: 5 }));
  exactly<number>()(yield* call(count, 'a', 2));
  exactly<number>()(now());
  exactly<void>()(yield* sleep(1));
  exactly<Operation<void>>()(yieldNow());
  exactly<void>()(yield* yieldNow());
  exactly<never>()(yield* suspend());
}

export function* scopesAndFibers(): Operation<void> {
  exactly<string>()(
    yield* scope(function* (inner) {
      exactly<Scope>()(inner);
      const child = inner.spawn(count, 'a');
      exactly<Fiber<number>>()(child);
      exactly<number>()(yield* child.join());
      exactly<FiberStatus>()(child.status);
      return 'text';
    }),
  );
  exactly<Fiber<number>>()(yield* spawn(count, 'a'));
  exactly<Fiber<number>>()(yield* spawnDaemon(count, 'a', 3));
  exactly<Promise<number>>()(run(() => count('a')));
}

/** Authors of operations cast nothing. */
export function kinds(): void {
  void new SuspensionKind<{ n: number }, string, boolean>({
    label: new Label('custom', 'door'),
    attempt(suspension) {
      exactly<{ n: number }>()(suspension.subject);
      exactly<string>()(suspension.argument);
      // @ts-expect-error The result is a boolean.
      return suspension.finish('a');
    },
    arm(suspension) {
      exactly<{ n: number }>()(suspension.subject);
      // @ts-expect-error The result is a boolean.
      suspension.complete(1);
    },
    abort() {},
  });
}

/** What an editor offers after a dot: what users need, and nothing that the runtime needs. */
export function members(): void {
  type OfSemaphore = 'name' | 'capacity' | 'available' | 'used' | 'acquire' | 'withPermit' | 'stats';
  exactly<keyof Semaphore>()(null as unknown as OfSemaphore);
  exactly<keyof Mutex>()(null as unknown as OfSemaphore | 'holder' | 'lock' | 'withLock');
  exactly<keyof Resource>()(null as unknown as OfSemaphore | 'resize');
  exactly<keyof Permit>()(null as unknown as 'count' | 'holder' | 'release' | typeof Symbol.dispose);
  exactly<keyof ReturnType<Runtime['start']>['root']>()(null as unknown as keyof Scope);
}

function asked<T>(value: T): Promise<T> {
  return Promise.resolve(value);
}

/** The types of promises may be those of the caller. */
export function* generic<T>(promise: Promise<T>): Operation<[T, T]> {
  return [yield* until(promise), yield* abortable(() => promise)];
}

export function* waits(): Operation<void> {
  exactly<number>()(yield* until(Promise.resolve(1)));
  const one: { ofTwo: Promise<number> | Promise<string> } = { ofTwo: Promise.resolve(1) };
  exactly<number | string>()(yield* until(one.ofTwo));
  exactly<number | string>()(yield* abortable(() => one.ofTwo));
  exactly<number | boolean>()(yield* abortable((signal) => (signal.aborted ? asked(1) : asked(true)), 'asked'));
  const literal: Operation<'a' | 'b'> = until(Promise.resolve('a'));
  exactly<'a' | 'b'>()(yield* literal);
  exactly<Date>()(yield* until<Date>(Promise.resolve(null as any)));
  exactly<string>()(yield* suspend<string>((resume) => resume('a')));
  exactly<string>()(yield* abortable(async (signal) => (signal.throwIfAborted(), 'a')));
  const jobs = channel<{ id: number }>(3);
  exactly<{ id: number }>()(yield* jobs.receive());
  exactly<void>()(yield* jobs.send({ id: 1 }));
  exactly<Permit>()(yield* semaphore(1).acquire());
  exactly<Permit>()(yield* mutex().lock());
  exactly<string>()(yield* mutex().withLock(text()));
  exactly<void>()(yield* event().wait());
  const local = new FiberLocal('a');
  exactly<string>()(local.get());
  exactly<number>()(yield* local.with('b', count('a')));
}

export function* selecting(): Operation<void> {
  const jobs = channel<number>();
  const chosen = yield* select({ job: jobs.receive(), text: until(Promise.resolve('a')), late: sleep(1) });
  exactly<'job' | 'text' | 'late'>()(chosen.branch);
  if (chosen.branch === 'job') exactly<number>()(chosen.value);
  else if (chosen.branch === 'text') exactly<string>()(chosen.value);
  else exactly<void>()(chosen.value);
  // @ts-expect-error There is no such branch.
  if (chosen.branch === 'other') return;
}

export function* refused(): Operation<void> {
  // @ts-expect-error A promise is no operation.
  yield* Promise.resolve(1);
  // @ts-expect-error Nor can it be yielded.
  yield Promise.resolve(1);
  // @ts-expect-error Nor can an operation: it is for `yield*`.
  yield sleep(1);
  // @ts-expect-error Items of data are no leaves.
  yield* [1, 2, 3];
  // @ts-expect-error Nor are strings.
  yield* 'abc';
  // @ts-expect-error spawn takes the function and its arguments, no operation.
  yield* spawn(text());
  // @ts-expect-error The arguments have to fit.
  yield* spawn(count, 1);
  // @ts-expect-error And none may be missing.
  yield* spawn(count);
  // @ts-expect-error An async function makes no operation.
  yield* spawn(async () => 1);
  // @ts-expect-error The same for call.
  yield* call(count, {});
  // @ts-expect-error An operation is no promise.
  yield* until(text());
  // @ts-expect-error Nor is what a function returns that returns none.
  yield* abortable(() => 1);
  // @ts-expect-error A promise cannot be raced; write until(promise).
  yield* race([Promise.resolve(1)]);
  // @ts-expect-error The value has to fit.
  yield* channel<number>().send('a');
  // @ts-expect-error What a fiber was joined for is not undefined.
  exactly<number | undefined>()(yield* (yield* spawn(count, 'a')).join());
  // @ts-expect-error moveOnAfter may have no result.
  exactly<string>()(yield* moveOnAfter(1, text()));
  // @ts-expect-error A deadline is a number of milliseconds.
  yield* withTimeout('1s', text());
}

// @ts-expect-error run takes a function.
void run(text());
// @ts-expect-error Which returns an operation.
void run(async () => 1);

export function* readOnly(fiber: Fiber<number>, inner: Scope, runtime: Runtime): Operation<void> {
  // @ts-expect-error A status is read, not written.
  fiber.status = 'failed';
  // @ts-expect-error As is a deadline.
  inner.deadline = 5;
  // @ts-expect-error And a slice: the meter counts overruns by the one that the loop began with.
  runtime.loop.sliceMs = 5;
}
