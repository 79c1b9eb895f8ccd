/** A server that stays within its means: `node build/examples/overload.js [PORT]`. Try `/report/7` and `/health`. */
import { createHash } from 'node:crypto';
import { main, resource, sleep, yieldNow } from 'heddle';
import { json, serve, text, type ServerRequest } from 'heddle/http';

/** What the database bears. Admission reckons with it, since it is declared. */
const database = resource('database', { capacity: 20 });

await main(() =>
  serve(answer, {
    port: Number(process.argv[2] ?? 7003),
    // The only number that has to be said: after so many ms an answer is worth nothing.
    goal: 500,
    // All reports cost the same, whichever it is.
    kindOf: ({ path }) => (path.startsWith('/report/') ? 'report' : path),
    // The load balancer's question is answered under any load.
    priorityOf: ({ path }) => (path === '/health' ? 10 : 1),
    onListen: ({ port }) => console.log(`answers reports on ${port}`),
  }),
);

function* answer({ path }: ServerRequest) {
  if (path === '/health') return text('well\n');
  const rows = yield* database.withPermit(query(path));
  return json({ path, checksum: yield* digest(rows) });
}

/** Stands for a query of 5 ms. */
function* query(path: string) {
  yield* sleep(5);
  return Array.from({ length: 40 }, (_, row) => `${path} ${row} `.repeat(10_000));
}

/** Some tens of milliseconds of the processor. In between, others have their turn. */
function* digest(rows: readonly string[]) {
  const hash = createHash('sha256');
  for (const row of rows) {
    hash.update(row);
    yield* yieldNow();
  }
  return hash.digest('hex');
}
