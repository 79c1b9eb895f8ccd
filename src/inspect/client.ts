import { setMaxListeners } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { InspectionError, SnapshotError } from '../base/errors.js';
import { PROTOCOL, readGreeting, readReply, type Greeting } from './protocol.js';
import { readLines } from './read-lines.js';

/** A conversation with a program through its socket. */
export interface Client {
  readonly greeting: Greeting;
  /** @returns the snapshot as it came, not validated. */
  requestSnapshot(): Promise<unknown>;
}

/**
 * Connects to a program, waits for its greeting, runs `talk` and hangs up.
 *
 * @param limitMs for all of it, in ms. A program that does not answer in time is stopped, or runs long without suspending.
 * @param signal hangs up when it is aborted.
 * @throws InspectionError when nobody listens, the socket is another user's, or the program does not speak the protocol or
 * takes too long.
 */
export async function converse<T>(
  path: string,
  limitMs: number,
  talk: (client: Client) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const socket = createConnection(path);
  if (signal !== undefined) {
    // Any number of conversations may share the signal; Node warns of more than ten listeners.
    setMaxListeners(0, signal);
    addAbortSignal(signal, socket);
  }
  // Reading reports every error; this is for one that comes after the last line.
  socket.on('error', () => {});
  const limit = setTimeout(() => socket.destroy(new InspectionError(silence(path, limitMs))), limitMs);
  try {
    const lines = readLines(socket, LONGEST_REPLY);
    const greeting = await readGreetingLine(lines, path);
    return await talk({ greeting, requestSnapshot: () => requestSnapshot(socket, lines, path) });
  } catch (error) {
    throw explain(error, path);
  } finally {
    clearTimeout(limit);
    socket.destroy();
  }
}

/** In UTF-16 units. A snapshot has about 500 for each node, and 20 for each bucket of its histograms. */
const LONGEST_REPLY = 256 * 2 ** 20;

type Lines = AsyncIterator<string | null, void, void>;

async function readGreetingLine(lines: Lines, path: string): Promise<Greeting> {
  const line = await nextLine(lines, path);
  let greeting: Greeting;
  try {
    greeting = readGreeting(JSON.parse(line), '');
  } catch (cause) {
    throw new InspectionError(`${path} does not greet like a heddle program: ${(cause as Error).message}`, { cause });
  }
  if (greeting.heddle !== PROTOCOL)
    throw new InspectionError(
      `Process ${greeting.pid} speaks version ${greeting.heddle} of the protocol, this heddle version ${PROTOCOL}: use heddle ${greeting.version}`,
    );
  return greeting;
}

async function requestSnapshot(socket: Socket, lines: Lines, path: string): Promise<unknown> {
  socket.write(`${JSON.stringify({ id: 1, request: 'snapshot' })}\n`);
  const { error, snapshot } = readReply(JSON.parse(await nextLine(lines, path)), '');
  if (error !== undefined) throw new InspectionError(`The program at ${path} gives no snapshot: ${error}`);
  return snapshot;
}

async function nextLine(lines: Lines, path: string): Promise<string> {
  const { value, done } = await lines.next();
  if (value === null) throw new InspectionError(`The program at ${path} answers without end: it is no heddle program`);
  if (done === true) throw new InspectionError(goodbye(path));
  return value;
}

function explain(error: unknown, path: string): unknown {
  if (error instanceof InspectionError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  switch (code) {
    case 'ENOENT':
      return new InspectionError(`There is no socket at ${path}`, options);
    case 'ECONNREFUSED':
      return new InspectionError(`Nobody listens at ${path}: the program has ended, and not in good order`, options);
    case 'EACCES':
    case 'EPERM':
      return new InspectionError(`The socket ${path} is another user's: run heddle as that user`, options);
    case 'ECONNRESET':
    case 'EPIPE':
      return new InspectionError(goodbye(path), options);
    default:
      if (error instanceof SyntaxError || error instanceof SnapshotError)
        return new InspectionError(`The program at ${path} does not speak heddle's protocol: ${message}`, options);
      return code === undefined
        ? error
        : new InspectionError(`The program at ${path} cannot be looked at: ${message}`, options);
  }
}

function goodbye(path: string): string {
  return `The program at ${path} hung up: it has just ended, or is too busy with others who look`;
}

function silence(path: string, limitMs: number): string {
  return `The program at ${path} did not answer within ${limitMs / 1000} s: it is stopped, or runs something without suspending`;
}
