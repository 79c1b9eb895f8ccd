import { IoError, spawn, type Operation } from 'heddle';
import * as http from 'heddle/http';
import * as net from 'heddle/net';
import type { Server } from '../harness/benchmark.js';
import { runs } from './heddle.js';
import { backlog, page, pageHeaders } from './page.js';

/** Sends back what comes, with a fiber for each connection. */
export const echoServers: ServersOfHeddle = everyWay((announce) => {
  function* echo(connection: net.Connection): Operation<void> {
    try {
      for (let chunk = yield* connection.read(); chunk !== null; chunk = yield* connection.read())
        yield* connection.write(chunk);
    } catch (error) {
      // Its client has gone; that is no reason to end the others.
      if (!(error instanceof IoError)) throw error;
    }
  }
  return function* () {
    const server = yield* net.listen({ port: 0, host: '127.0.0.1' });
    announce(server.port);
    for (;;) yield* spawn(echo, yield* server.accept());
  };
});

/** Answers every request with the page. */
export const pageServers: ServersOfHeddle = everyWay((announce) => {
  return function* () {
    const server = yield* http.listen({ port: 0, host: '127.0.0.1', backlog });
    announce(server.port);
    // oxlint-disable-next-line require-yield
    yield* server.serve(function* () {
      return { status: 200, headers: pageHeaders, body: page };
    });
  };
});

type ServersOfHeddle = Readonly<Record<keyof typeof runs, Server>>;

/** One program, run in each of the ways. */
function everyWay(program: (announce: (port: number) => void) => () => Operation<unknown>): ServersOfHeddle {
  const servers = Object.entries(runs).map(([name, run]): [string, Server] => [
    name,
    (announce) => void run(program(announce)),
  ]);
  return Object.fromEntries(servers) as ServersOfHeddle;
}
