import { checkInteger, expected } from '../../base/check.js';

/** Where to listen or to connect. */
export interface Place {
  readonly port?: number;
  readonly path?: string;
}

/** Throws `ArgumentError`. */
export function checkPlace(options: Place, leastPort: number): void {
  const { port, path } = options ?? {};
  if (path === undefined) {
    if (port === undefined) throw expected('options', 'an object with `port` or `path`', options);
    checkInteger('port', port, leastPort, 65_535);
  } else if (typeof path !== 'string' || path === '') throw expected('path', 'the path of a Unix socket', path);
  else if (Buffer.byteLength(path) > LONGEST_PATH)
    throw expected('path', `the path of a Unix socket, ${LONGEST_PATH} bytes long at most`, path);
}

/**
 * In bytes. Node silently truncates a longer path, and would use whatever socket has that name. On Windows it names a
 * pipe.
 */
const LONGEST_PATH = process.platform === 'win32' ? 256 : process.platform === 'linux' ? 107 : 103;
