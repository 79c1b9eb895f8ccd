import type { ConnectionOptions, SecureContext, TlsOptions } from 'node:tls';
import { isPromise } from '../base/check.js';
import { MisuseError } from '../base/errors.js';
import { isOperation } from '../fibers/foreign-yield.js';
import { printError } from './print-error.js';

/**
 * The options of a TLS server as Node gets them: with a time for the handshake, and with functions that do no harm. Node calls
 * these within a handshake, about what strangers have sent. When one throws, nobody is told why the handshake fails, and some
 * versions of Node end the process; all of them do when a promise is rejected. Here it is printed, and fails the handshake.
 */
export function tlsOfServer(options: TlsOptions): TlsOptions {
  const { SNICallback, ALPNCallback, pskCallback } = options;
  return {
    handshakeTimeout: HANDSHAKE_MS,
    ...options,
    ...(isFunction(SNICallback) && { SNICallback: safeSni(SNICallback) }),
    ...(isFunction(ALPNCallback) && { ALPNCallback: safe('ALPNCallback', ALPNCallback, undefined) }),
    ...(isFunction(pskCallback) && { pskCallback: safe('pskCallback', pskCallback, null) }),
  };
}

/** The same of a client: what its `checkServerIdentity` throws, rather than returns, would end the process. */
export function tlsOfClient(options: ConnectionOptions): ConnectionOptions {
  const { checkServerIdentity } = options;
  if (!isFunction(checkServerIdentity)) return options;
  const name = 'checkServerIdentity';
  return { ...options, [name]: (...args) => attempt(name, () => checkServerIdentity(...args), asError) };
}

/** What is no function is for Node to refuse. */
function isFunction<T>(value: T): value is NonNullable<T> {
  return typeof value === 'function';
}

/** `failed` is a result with which the handshake fails. */
function safe<Args extends readonly unknown[], Result>(
  name: string,
  callback: (...args: Args) => Result,
  failed: Result,
): (...args: Args) => Result {
  const print = (error: unknown): Result => {
    printError(error, name);
    return failed;
  };
  return (...args) => attempt(name, () => callback(...args), print);
}

function attempt<Result>(name: string, callback: () => Result, failed: (error: unknown) => Result): Result {
  try {
    const result = callback();
    if (!isPromise(result)) return result;
    result.then(undefined, () => {});
    throw new MisuseError(`\`${name}\` returned a promise: Node takes only what is returned at once`);
  } catch (error) {
    return failed(error);
  }
}

type SniCallback = NonNullable<TlsOptions['SNICallback']>;

/** It may be `async`, as long as it calls `done`. */
function safeSni(callback: SniCallback): SniCallback {
  return (servername, done) => {
    let isDone = false;
    const once = (error: Error | null, context?: SecureContext): void => {
      // A second call would break the connection.
      if (!isDone) done(error, context);
      isDone = true;
    };
    const fail = (error: unknown): void => {
      printError(error, 'SNICallback');
      once(asError(error));
    };
    const returned = (result: unknown): void => {
      if (!isDone && (isOperation(result) || isContext(result))) fail(new MisuseError(CALLS_DONE));
    };
    try {
      const result: unknown = callback(servername, once);
      if (isPromise(result)) result.then(returned, fail);
      else returned(result);
    } catch (error) {
      fail(error);
    }
  };
}

function isContext(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'context' in value;
}

/** Node takes `undefined` for success. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error });
}

const CALLS_DONE =
  '`SNICallback` returned its result: it is a plain or `async` function that calls its second argument, `done(null, context)`';

/** Node's own is 120 s: those who connect and say nothing would hold as many descriptors for as long. */
const HANDSHAKE_MS = 10_000;
