import { fstatSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { checkInteger, expected } from '../base/check.js';
import { ArgumentError } from '../base/errors.js';

/** Where to listen or to connect. */
export interface Place {
  readonly port?: number;
  readonly path?: string;
  readonly fd?: number;
}

/** Throws `ArgumentError` unless `options` names one place or, if none is `needed`, no place. */
export function checkPlace(options: Place, leastPort: number, needed: boolean = true): void {
  const { port, path, fd } = options;
  const given = (['port', 'path', 'fd'] as const).filter((name) => options[name] !== undefined);
  if (given.length === 0 && needed) throw expected('options', 'an object with `port` or `path`', options);
  if (given.length > 1)
    throw new ArgumentError(`\`${given.join('` and `')}\` are different places: leave out all but one`);
  if (port !== undefined) checkInteger('port', port, leastPort, 65_535);
  if (fd !== undefined) checkInteger('fd', fd, 0, 2 ** 31 - 1);
  if (path === undefined) return;
  if (typeof path !== 'string' || path === '') throw expected('path', 'the path of a Unix socket', path);
  if (Buffer.byteLength(path) > LONGEST_PATH)
    throw expected('path', `the path of a Unix socket, ${LONGEST_PATH} bytes long at most`, path);
}

/**
 * Throws unless `fd`, if there is one, is a socket. Node would take over whatever else it is, a pipe of its own for instance, and
 * close it: that ends the process.
 */
export function checkSocket(fd: number | undefined): void {
  if (fd === undefined || isSocket(fd)) return;
  const error = new Error(`descriptor ${fd} is no socket: nobody has handed one to this process there`);
  throw Object.assign(error, { code: 'ENOTSOCK' });
}

function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}

/** Where a server listens. Of a Unix socket the port is 0 and the address its path, if Node knows it: not if it was inherited. */
export function placeOf(server: Server, fd: number | undefined): AddressInfo {
  const at = server.address() ?? `fd ${fd}`;
  return typeof at === 'string' ? { port: 0, address: at, family: 'unix' } : at;
}

/**
 * In bytes. Node silently truncates a longer path, and would use whatever socket has that name. On Windows it names a
 * pipe.
 */
const LONGEST_PATH = process.platform === 'win32' ? 256 : process.platform === 'linux' ? 107 : 103;
