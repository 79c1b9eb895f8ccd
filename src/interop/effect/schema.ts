import * as Exit from 'effect/Exit';
import * as Schema from 'effect/Schema';
import type { Issue, makeFormatterStandardSchemaV1 } from 'effect/SchemaIssue';
import * as Effect from 'effect/Effect';
import { expected } from '../../base/check.js';
import type { Operation } from '../../fibers/operation.js';
import { until } from '../../fibers/until.js';
import { HttpError } from '../../io/http/http-error.js';
import type { ServerRequest } from '../../io/http/server-request.js';
import { fromEffect } from './from-effect.js';

/** One problem in a body. */
export interface BodyIssue {
  /** Its place: `items[0].count`; `body` for the whole. */
  readonly path: string;
  readonly message: string;
}

/** A body is JSON, but does not match the schema. The client's fault: answered with 400 and the issues. */
export class InvalidBodyError extends HttpError {
  /** At most 20. */
  readonly issues: readonly BodyIssue[];

  constructor(issues: readonly BodyIssue[], options?: ErrorOptions) {
    super(
      400,
      `The body is not as expected\n${issues.map(({ path, message }) => `  ${path}: ${message}`).join('\n')}`,
      options,
    );
    this.issues = issues;
  }
}

/** Reads bodies that match one schema. */
export interface BodyReader<A> {
  /**
   * Reads the whole body of a request as JSON, and returns what the schema makes of it.
   *
   * @param options.limit most bytes to take, 1 MiB unless given.
   * @throws `InvalidBodyError`, which the server answers with 400 and the paths that are wrong; an `HttpError` 400 if it is
   * not JSON; `TooLargeError` (413).
   * Suspends: until the body has arrived, and as the schema's own Effects do. If cancelled: throws.
   */
  read(request: ServerRequest, options?: { limit?: number }): Operation<A>;
}

/**
 * Makes a reader of JSON bodies from an Effect `Schema`. Make it once, outside of the handler. A plain call.
 *
 * @throws `ArgumentError`.
 *
 * @example
 * const orders = schema(Schema.Struct({ item: Schema.String, count: Schema.Number }));
 *
 * function* handle(request: ServerRequest) {
 *   const order = yield* orders.read(request);
 *   return json({ ordered: order.count });
 * }
 */
export function schema<S extends Schema.ConstraintDecoder<unknown>>(shape: S): BodyReader<S['Type']> {
  if (!Schema.isSchema(shape)) throw expected('shape', 'a Schema of Effect', shape);
  // Already loaded by Schema. Imported dynamically, since Effect 3 has no such module: see `host.ts`.
  const formatter = import('effect/SchemaIssue').then((module) => module.makeFormatterStandardSchemaV1());
  const decode = Schema.decodeUnknownEffect(shape, { errors: 'all' });
  return {
    *read(request, options) {
      const body = yield* request.json(options);
      const exit = yield* fromEffect(Effect.exit(decode(body)));
      if (exit._tag === 'Success') return exit.value;
      const error = Exit.findErrorOption(exit);
      // Not a verdict of the schema, but a defect or an interruption in it.
      if (error._tag === 'None') return yield* fromEffect(exit);
      const format = yield* until(formatter);
      throw new InvalidBodyError(issuesOf(error.value.issue, format), { cause: error.value });
    },
  };
}

function issuesOf(issue: Issue, format: ReturnType<typeof makeFormatterStandardSchemaV1>): BodyIssue[] {
  return format(issue)
    .issues.slice(0, MOST_ISSUES)
    .map(({ path, message }) => ({ path: pathText(path ?? []), message: shortened(message) }));
}

function pathText(path: readonly (PropertyKey | { readonly key: PropertyKey })[]): string {
  const text = path
    .map((step) => (typeof step === 'object' ? step.key : step))
    .map((key) =>
      typeof key === 'number'
        ? `[${key}]`
        : IDENTIFIER.test(String(key))
          ? `.${String(key)}`
          : `[${JSON.stringify(String(key))}]`,
    )
    .join('');
  return text === '' ? 'body' : text.replace(/^\./, '');
}

const IDENTIFIER = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

/** A message quotes the value, which may be as long as the body. */
function shortened(message: string): string {
  return message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message;
}

const LONGEST = 200;
const MOST_ISSUES = 20;
