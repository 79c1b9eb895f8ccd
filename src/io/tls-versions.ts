import { DEFAULT_MAX_VERSION, DEFAULT_MIN_VERSION, type SecureContextOptions } from 'node:tls';
import { ArgumentError } from '../base/errors.js';

/** In the option `name`, refuses versions of TLS of which none is left: Node lets such a server listen, and every handshake would fail. */
export function checkTlsVersions(name: string, { minVersion, maxVersion, secureProtocol }: SecureContextOptions): void {
  if (secureProtocol) return;
  const min = minVersion || DEFAULT_MIN_VERSION;
  const max = maxVersion || DEFAULT_MAX_VERSION;
  // What is no version is for Node to refuse.
  if (!VERSIONS.includes(min) || !VERSIONS.includes(max) || VERSIONS.indexOf(min) <= VERSIONS.indexOf(max)) return;
  const fix = maxVersion ? (minVersion ? 'exchange them' : 'lower `minVersion`, too') : 'raise `maxVersion`, too';
  const usual = (given: unknown): string => (given ? '' : ', unless given,');
  throw new ArgumentError(
    `In \`${name}\`, \`minVersion\`${usual(minVersion)} is ${min}, above \`maxVersion\`, which${usual(maxVersion)} is ${max}: ` +
      `no handshake could succeed; ${fix}`,
  );
}

const VERSIONS: readonly string[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
