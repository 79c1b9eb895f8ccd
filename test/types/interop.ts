/** What the doors of interop infer; compiled, never run. */
import type { Context, Effect, Scope } from 'effect';
import { Schema } from 'effect';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Operation } from 'heddle';
import { fromEffect, fromScopedEffect, schema, toEffect, toScopedEffect } from 'heddle/effect';
import type { ServerRequest } from 'heddle/http';
import { attempt, fromTaskEither, toOption, toTaskEither } from 'heddle/fp-ts';

declare class Database {
  readonly name: 'database';
}
declare const needy: Effect.Effect<number, 'failed', Database>;
declare const scoped: Effect.Effect<number, 'failed', Database | Scope.Scope>;
declare const services: Context.Context<Database>;
declare const operation: Operation<string | undefined>;
declare const incoming: ServerRequest;

// @ts-expect-error what the Effect requires is missing
fromEffect(needy);
// @ts-expect-error a scope is not among the services
fromEffect(scoped, services);
// @ts-expect-error what the Effect requires beside a scope is missing
fromScopedEffect(scoped);

export const ran: Operation<number> = fromEffect(needy, services);
export const opened: Operation<number> = fromScopedEffect(scoped, services);
export const never: Effect.Effect<string | undefined, never, never> = toEffect(operation);
export const typed: Effect.Effect<string | undefined, RangeError, never> = toEffect(() => operation, {
  catch: () => new RangeError(),
});
export const kept: Effect.Effect<string | undefined, never, Scope.Scope> = toScopedEffect(operation);
// @ts-expect-error without `catch` there is no typed failure, and with it there is
export const untyped: Effect.Effect<string | undefined, never, never> = toEffect(operation, { catch: () => 1 });
export const body: Operation<{ readonly count: number }> = schema(Schema.Struct({ count: Schema.Number })).read(
  incoming,
);

export const named: Operation<Either<RangeError | TypeError, string | undefined>> = attempt(
  operation,
  RangeError,
  TypeError,
);
export const made: Operation<Either<42, string | undefined>> = attempt(operation, () => 42 as const);
export const any: Operation<Either<Error, string | undefined>> = attempt(operation);
export const some: Operation<Option<string>> = toOption(operation);
export const task: TaskEither<string, string | undefined> = toTaskEither(() => operation, String);
export const unwrapped: Operation<string | undefined> = fromTaskEither(task);
