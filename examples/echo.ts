/** An echo server: `node build/examples/echo.js [PORT]`. */
import { main } from 'heddle';
import { listen, type Connection } from 'heddle/net';

await main(function* () {
  const server = yield* listen({ port: Number(process.argv[2] ?? 7000) });
  console.log(`echo on ${server.port}`);
  yield* server.serve(echo);
});

function* echo(connection: Connection) {
  for (;;) {
    const chunk = yield* connection.read();
    if (chunk === null) return;
    yield* connection.write(chunk);
  }
}
