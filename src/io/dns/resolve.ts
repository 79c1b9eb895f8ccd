import {
  Resolver,
  type AnyRecord,
  type CaaRecord,
  type MxRecord,
  type NaptrRecord,
  type SoaRecord,
  type SrvRecord,
} from 'node:dns';
import { expected } from '../../base/check.js';
import { IoError } from '../../base/errors.js';
import { checkKnown } from '../../base/known-options.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { thrownError } from '../thrown.js';

/** What each type of record resolves to. */
export interface DnsRecords {
  readonly A: string[];
  readonly AAAA: string[];
  readonly ANY: AnyRecord[];
  readonly CAA: CaaRecord[];
  readonly CNAME: string[];
  readonly MX: MxRecord[];
  readonly NAPTR: NaptrRecord[];
  readonly NS: string[];
  readonly PTR: string[];
  readonly SOA: SoaRecord;
  readonly SRV: SrvRecord[];
  /** One array of chunks for each record. */
  readonly TXT: string[][];
}

export interface ResolveOptions {
  /** IP addresses of the name servers to ask, each with a port if need be (`127.0.0.1:5353`); the system's unless given. */
  readonly servers?: readonly string[];
}

/**
 * Asks name servers for records; `/etc/hosts` is not consulted.
 *
 * @throws `IoError`, with `system` such as `ENOTFOUND`, `ENODATA` or `ETIMEOUT`.
 * Suspends: always. If cancelled: throws, and stops asking.
 *
 * @example
 * const servers = yield* resolve('example.com', 'MX');
 */
export function resolve<R extends keyof DnsRecords = 'A'>(
  host: string,
  rrtype: R = 'A' as R,
  options: ResolveOptions = {},
): Operation<DnsRecords[R]> {
  if (typeof host !== 'string') throw expected('host', 'the name of a host', host);
  checkKnown('resolve', options, { servers: true });
  if (!TYPES.has(rrtype)) throw expected('rrtype', `one of ${[...TYPES].join(', ')}`, rrtype);
  return new Suspension<DnsRecords[R]>(RESOLVE, { host, rrtype, options } satisfies Question, undefined);
}

/** Asks for the names of an IP address; otherwise as `resolve`. */
export function reverse(address: string, options: ResolveOptions = {}): Operation<string[]> {
  if (typeof address !== 'string') throw expected('address', 'an IP address', address);
  checkKnown('reverse', options, { servers: true });
  return new Suspension<string[]>(REVERSE, { host: address, rrtype: 'PTR', options } satisfies Question, undefined);
}

interface Question {
  readonly host: string;
  readonly rrtype: keyof DnsRecords;
  readonly options: ResolveOptions;
}

type Ask = (resolver: Resolver, question: Question, answer: (error: Error | null, records: unknown) => void) => void;

/** One resolver per query: `cancel` stops all queries of a resolver, so a shared one could not stop a single query. */
function kind(name: string, ask: Ask): SuspensionKind<Question, Resolver, unknown> {
  return new SuspensionKind({
    label: new Label('dns', name),
    arm(suspension) {
      const question = suspension.subject;
      const { servers } = question.options;
      try {
        const resolver = new Resolver();
        suspension.argument = resolver;
        if (servers !== undefined) resolver.setServers(servers);
        ask(resolver, question, (error, records) => {
          if (error !== null) suspension.fail(new IoError(`dns.${name}`, error));
          else suspension.complete(records);
        });
      } catch (error) {
        suspension.fail(thrownError(`dns.${name}`, error));
      }
    },
    abort(suspension) {
      suspension.argument.cancel();
    },
  });
}

const RESOLVE: SuspensionKind = kind('resolve', (resolver, { host, rrtype }, answer) =>
  resolver.resolve(host, rrtype, answer as Parameters<Resolver['resolve']>[2]),
);
const REVERSE: SuspensionKind = kind('reverse', (resolver, { host }, answer) => resolver.reverse(host, answer));

const TYPES: ReadonlySet<string> = new Set([
  'A',
  'AAAA',
  'ANY',
  'CAA',
  'CNAME',
  'MX',
  'NAPTR',
  'NS',
  'PTR',
  'SOA',
  'SRV',
  'TXT',
] satisfies (keyof DnsRecords)[]);
