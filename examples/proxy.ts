/** A TCP proxy: `node build/examples/proxy.js LISTEN_PORT TARGET_HOST TARGET_PORT`. */
import { all, main } from 'heddle';
import { connect, listen, type Connection } from 'heddle/net';

const [port = '7002', host = '127.0.0.1', target = '7000'] = process.argv.slice(2);

await main(function* () {
  const server = yield* listen({ port: Number(port), halfOpen: true });
  console.log(`proxy on ${server.port} to ${host}:${target}`);
  yield* server.serve(forward);
});

function* forward(client: Connection) {
  const upstream = yield* connect({ host, port: Number(target), halfOpen: true });
  // Both directions side by side, and each ends by itself (`halfOpen`): a client may end before it has its answer. If one fails
  // the other is cancelled, and both connections are closed.
  yield* all([pump(client, upstream), pump(upstream, client)]);
}

function* pump(from: Connection, to: Connection) {
  for (;;) {
    const chunk = yield* from.read();
    if (chunk === null) return yield* to.end();
    yield* to.write(chunk);
  }
}
