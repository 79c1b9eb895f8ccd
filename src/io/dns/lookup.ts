import { lookup as systemLookup } from 'node:dns';
import { expected } from '../../base/check.js';
import { IoError } from '../../base/errors.js';
import { checkKnown } from '../../base/known-options.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { thrownError } from '../thrown.js';

export interface LookupOptions {
  /** 4 or 6 for addresses of that family only; 0 for both, unless given. */
  readonly family?: 0 | 4 | 6;
}

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/**
 * Looks up the address of a host as the system does (`/etc/hosts`, then whatever it is configured to ask); the
 * preferred one if there are several.
 *
 * @throws `IoError`, with `system` such as `ENOTFOUND`.
 * Suspends: always. If cancelled: throws at once; the system's look-up cannot be stopped, and its answer is dropped.
 *
 * @example
 * const { address } = yield* lookup('localhost');
 */
export function* lookup(host: string, options: LookupOptions = {}): Operation<Address> {
  return (yield* lookupAll(host, options))[0]!;
}

/** As `lookup`, with all addresses in the system's order of preference: at least one. */
export function lookupAll(host: string, options: LookupOptions = {}): Operation<readonly Address[]> {
  checkKnown('lookup', options, { family: true });
  const { family = 0 } = options;
  if (typeof host !== 'string' || host === '') throw expected('host', 'the name of a host', host);
  if (family !== 0 && family !== 4 && family !== 6) throw expected('family', '0, 4 or 6', family);
  return new Suspension<readonly Address[]>(LOOKUP, host, family);
}

const LOOKUP: SuspensionKind<string, number> = new SuspensionKind({
  label: new Label('dns', 'lookup'),
  arm(suspension) {
    const family = suspension.argument;
    const fiber = suspension.fiber!;
    const { threadPool } = fiber.loop;
    try {
      systemLookup(suspension.subject, { all: true, family }, (error, addresses) => {
        threadPool.end();
        if (error !== null) suspension.fail(new IoError('dns.lookup', error));
        else suspension.complete(addresses);
      });
      threadPool.begin(fiber);
    } catch (error) {
      suspension.fail(thrownError('dns.lookup', error));
    }
  },
  abort() {},
});
