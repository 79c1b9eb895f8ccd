import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod, RouteOptions } from 'fastify';
import { expected } from '../../base/check.js';
import { MisuseError } from '../../base/errors.js';
import { checkKnown } from '../../base/known-options.js';
import { nameOf } from '../../base/name-of.js';
import { isOperation } from '../../fibers/foreign-yield.js';
import type { Operation } from '../../fibers/operation.js';
import { OpenConnections } from '../../io/http/open-connections.js';
import { FastifyVisit, type FastifyBody } from './fastify-visit.js';
import { HOST_OPTIONS, RequestHost, type HostOptions } from './request-host.js';

/** The property of a request that holds its `FastifyVisit`, if it asks for admission before its handler is reached. */
const VISIT = Symbol('heddle.visit');
const REGISTERED = Symbol('heddle.registered');
interface Marked {
  [VISIT]: FastifyVisit | null;
}
/** `@fastify/websocket` has its hook say which requests are upgrades. */
interface Upgradable extends FastifyRequest {
  readonly ws?: boolean;
}

/**
 * A plugin: routes added after it may have a `function*` as their handler, which runs in a fiber of its own. If the client
 * goes away, the fiber is cancelled; what it returns is sent, and what it throws goes to the error handler, as with an
 * `async` handler. With a goal, a request to such a route asks for admission before all other hooks and before its body is
 * read, judged by the cost of its route; a refused one is answered 503. A plain handler may return an operation, which is
 * run in the same way, but asks for admission only then. Other routes are left alone.
 *
 * `app.close()` closes the host of the requests; so does the end of the current scope, if the plugin is registered in a fiber.
 *
 * @throws (rejects) `MisuseError` if it is registered already; `ArgumentError`. Adding a hook or an error handler that is a
 * `function*` throws `MisuseError`.
 *
 * @example
 * await app.register(fastifyFibers, { goal: 500 });
 * app.get('/users/:id', function* (request) {
 *   return yield* loadUser(request.params.id);
 * });
 */
export const fastifyFibers: (app: FastifyInstance, options: HostOptions) => Promise<void> = Object.assign(
  async function fastifyFibers(app: FastifyInstance, options: HostOptions): Promise<void> {
    if (typeof app?.hasDecorator !== 'function')
      throw expected('app', 'an application of Fastify: write `await app.register(fastifyFibers)`', app);
    if (app.hasDecorator(REGISTERED))
      throw new MisuseError(
        '`fastifyFibers` is registered already, here or in a plugin around: once is enough for both',
      );
    checkKnown('fastifyFibers', options, KNOWN);
    app.decorate(REGISTERED, true);
    const host = new RequestHost('fastify', options);
    host.watch(app.server);
    // Only with a goal, since decorating costs every request a little.
    if (host.governed) app.decorateRequest(VISIT, null);
    app.addHook('onRoute', (route) => {
      checkHooks(route);
      if (isGeneratorFunction(route.handler)) adopt(route, route.handler as unknown as FastifyBody, host);
      else adoptResults(route, host);
    });
    refuseGenerators(app);
    // It would be answered as an empty object, and nobody would know why.
    app.addHook('preSerialization', (_request, _reply, payload, done) => {
      if (isOperation(payload)) throw neverRun();
      done(null, payload);
    });
    const connections = new OpenConnections(app.server);
    // Runs when closing begins, before Fastify closes its connections, and waits for those that it does not take for idle.
    app.addHook('preClose', async () => {
      connections.closeSilent();
      void host.close();
    });
    app.addHook('onClose', () => host.close());
  },
  // As the package `fastify-plugin` does: the hooks apply to the application, and not within the plugin only.
  {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'heddle',
    [Symbol.for('plugin-meta')]: { name: 'heddle', fastify: '5.x' },
  },
);

/**
 * Replaces a `function*` handler by one that starts a fiber. Only where another plugin has wrapped that one, which is to be known
 * once all have seen the route, it returns a promise: it would cost each request one.
 */
function adopt(route: RouteOptions, handler: FastifyBody, host: RequestHost): void {
  const kind = kindOf(route);
  if (!host.governed) {
    const begin: RouteHandlerMethod = function (request, reply) {
      const visit = new FastifyVisit(host, kind, handler, request, reply);
      visit.app = this;
      const answer = route.handler === begin ? undefined : visit.promised();
      host.offer(kind, request.raw, reply.raw, visit);
      return answer;
    };
    route.handler = named(begin, handler);
    return;
  }
  const askFirst = (request: FastifyRequest, reply: FastifyReply, reach: () => void): void => {
    // It is not for this handler, and would count as under way for as long as its WebSocket is open.
    if ((request as Upgradable).ws === true) return reach();
    const visit = new FastifyVisit(host, kind, handler, request, reply);
    visit.reach = reach;
    host.watchServerOf(request.raw.socket);
    (request as unknown as Marked)[VISIT] = visit;
    host.offer(kind, request.raw, reply.raw, visit);
    visit.keepContext();
  };
  route.onRequest = [askFirst, ...[route.onRequest ?? []].flat()];
  const begin: RouteHandlerMethod = function (request, reply) {
    const asked = (request as unknown as Marked)[VISIT];
    const visit = asked ?? new FastifyVisit(host, kind, handler, request, reply);
    visit.app = this;
    const answer = route.handler === begin ? undefined : visit.promised();
    if (asked === null) host.offer(kind, request.raw, reply.raw, visit);
    else visit.start();
    return answer;
  };
  route.handler = named(begin, handler);
}

/**
 * Wraps a handler that is known to be a fiber's only from its result, such as an arrow function or one wrapped by another
 * plugin. It asks for admission once it has returned an operation.
 */
function adoptResults(route: RouteOptions, host: RequestHost): void {
  const kind = kindOf(route);
  const { handler } = route;
  const look: RouteHandlerMethod = function (request, reply) {
    const result: unknown = handler.call(this, request, reply);
    if (!isOperation(result)) return result;
    host.watchServerOf(request.raw.socket);
    const visit = new FastifyVisit(host, kind, () => result as Operation<unknown>, request, reply);
    const answer = route.handler === look ? undefined : visit.promised();
    host.offer(kind, request.raw, reply.raw, visit);
    return answer;
  };
  route.handler = named(look, handler);
}

/** Tracers show the name. */
function named(substitute: RouteHandlerMethod, handler: Function): RouteHandlerMethod {
  return Object.defineProperty(substitute, 'name', { value: nameOf(handler, '') });
}

function kindOf({ method, url }: RouteOptions): string {
  return `${[method].flat().join(',')} ${url}`;
}

/** A `function*` as a hook would never run, and its requests never end: Fastify ignores what a hook returns. */
function checkHooks(route: RouteOptions): void {
  for (const name of HOOKS) {
    const hooks: readonly unknown[] = [route[name]].flat();
    if (hooks.some(isGeneratorFunction)) throw misplaced(`\`${name}\` of ${route.url}`);
  }
}

/**
 * The same for hooks of the application and its plugins, for handlers of WebSockets, and for error handlers, whose result would
 * be sent as the reply.
 */
function refuseGenerators(app: FastifyInstance): void {
  const methods = app as unknown as Record<string, (this: unknown, ...args: unknown[]) => unknown>;
  for (const name of ['addHook', 'setErrorHandler', 'setNotFoundHandler']) {
    const method = methods[name]!;
    methods[name] = function (...args) {
      if (args.some(isGeneratorFunction)) throw misplaced(`\`${name === 'addHook' ? args[0] : name}\``);
      return method.apply(this, args);
    };
  }
  for (const name of ['get', 'route']) {
    const method = methods[name]!;
    methods[name] = function (...args) {
      checkSocketHandler(args);
      return method.apply(this, args);
    };
  }
}

function misplaced(what: string): MisuseError {
  return new MisuseError(`${what} is a function*, which only the handler of a route may be: \`yield*\` it there`);
}

/** What `get` and `route` are given: `@fastify/websocket` would call the handler, and drop what it has made. */
function checkSocketHandler(args: readonly unknown[]): void {
  const options = args.find((one) => typeof one === 'object') as Record<string, unknown> | null | undefined;
  const { websocket, handler, wsHandler } = options ?? {};
  if (!isGeneratorFunction(wsHandler) && !(websocket && [handler, ...args].some(isGeneratorFunction))) return;
  throw new MisuseError(
    'The handler of a WebSocket is a function*, which nobody would run: spawn a fiber in a plain one, as docs/websockets.md shows',
  );
}

function neverRun(): MisuseError {
  return new MisuseError(
    'The answer is an operation that was never run: write `return yield* …` in a handler that is a function* and not ' +
      'async, of a route that is added after `await app.register(fastifyFibers)`; plugins that wrap handlers come after it, too',
  );
}

function isGeneratorFunction(f: unknown): boolean {
  return typeof f === 'function' && GENERATOR_FUNCTION.isPrototypeOf(f);
}

/** With what Fastify itself takes for any plugin. */
const KNOWN = { ...HOST_OPTIONS, prefix: true, logLevel: true, logSerializers: true } as const;

/** The functions that a route may have besides its handler. */
const HOOKS = [
  'onRequest',
  'preParsing',
  'preValidation',
  'preHandler',
  'preSerialization',
  'onSend',
  'onResponse',
  'onTimeout',
  'onError',
  'onRequestAbort',
  'errorHandler',
] as const satisfies readonly (keyof RouteOptions)[];

const GENERATOR_FUNCTION: object = Object.getPrototypeOf(function* () {});
