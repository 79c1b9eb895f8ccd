/** A chat room for `nc localhost PORT`: `node build/examples/chat.js [PORT]`. */
import { channel, main, spawnDaemon, type Channel } from 'heddle';
import { listen, type Connection } from 'heddle/net';

/** Everybody in the room, with the lines that still have to be sent to them. */
const room = new Map<string, Channel<string>>();

await main(function* () {
  const server = yield* listen({ port: Number(process.argv[2] ?? 7001) });
  console.log(`chat on ${server.port}`);
  yield* server.serve(guest);
});

function* guest(connection: Connection) {
  yield* connection.write('your name?\n');
  const name = (yield* connection.readLine({ limit: 100 }))?.trim();
  if (!name || room.has(name)) return yield* connection.write('empty or taken\n');

  const outbox = channel<string>(100, { name: 'outbox' });
  room.set(name, outbox);
  say(`* ${name} joined`);
  try {
    yield* spawnDaemon(deliver, connection, outbox);
    for (;;) {
      const line = yield* connection.readLine({ limit: 1000 });
      if (line === null) return;
      say(`${name}: ${line}`, name);
    }
  } finally {
    room.delete(name);
    say(`* ${name} left`);
  }
}

function* deliver(connection: Connection, outbox: Channel<string>) {
  yield* outbox.forEach((line) => connection.write(`${line}\n`));
}

/** Whoever is too slow to read a hundred lines misses some, and does not hold up the others. */
function say(line: string, except?: string): void {
  for (const [name, outbox] of room) if (name !== except) outbox.trySend(line);
}
