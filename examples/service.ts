/**
 * A whole service: `node build/examples/service.js [PORT]`. Try `/users/7`, `/health`, `/metrics`, and
 * `curl -d welcome localhost:7004/jobs`. Once told to stop it still does the jobs that it has accepted.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { channel, main, resource, scope, shield, spawn, until, type Operation, type Runtime, type Scope } from 'heddle';
import { HttpError, json, serve, text, type ServerRequest } from 'heddle/http';
import { connect, type Connection } from 'heddle/net';
import { render } from 'heddle/snapshot';

/** Stands for a database elsewhere: answers each line by one, after 5 ms. */
const database = createServer((socket) => {
  const lines = createInterface(socket).on('line', (query) => setTimeout(() => socket.write(`["${query}"]\n`), 5));
  // Who hangs up is not answered.
  lines.on('error', () => {});
}).listen(0, '127.0.0.1');
await once(database, 'listening');

await main((runtime) => scope(service, runtime));
database.close();

function* service(own: Scope, runtime: Runtime) {
  const query = pool(own, 20);
  const jobs = channel<string>(100, { name: 'jobs' });
  // A stop does not reach it: it ends with the queue, and the connections of the pool after it.
  yield* spawn(function* worker() {
    yield* shield(jobs.forEach(work), { within: Infinity });
  });
  try {
    yield* serve(answer, {
      port: Number(process.argv[2] ?? 7004),
      goal: 500,
      kindOf: ({ method, path }) => `${method} /${path.split('/')[1]}`,
      priorityOf: ({ path }) => (path === '/health' ? 10 : 1),
      onListen: ({ port }) => console.log(`a service on ${port}`),
    });
  } finally {
    jobs.close();
  }

  function* answer(request: ServerRequest) {
    const [, page, id] = request.path.split('/');
    if (page === 'health') return text('well\n');
    if (page === 'metrics') return text(yield* metrics(runtime));
    if (page === 'users') return json(JSON.parse(yield* query(`user ${id}`)));
    if (page !== 'jobs' || request.method !== 'POST') throw new HttpError(404, 'no such page\n');
    yield* jobs.send(yield* request.text());
    return text('accepted\n', { status: 202 });
  }

  function* work(job: string) {
    try {
      console.log(yield* query(`job ${job}`));
    } catch (error) {
      // The others are still to be done.
      console.error(error);
    }
  }
}

function* metrics(runtime: Runtime) {
  const snapshot = yield* until(runtime.snapshot());
  return yield* until(render(snapshot, 'prometheus'));
}

/** As many connections as the database bears, opened when they are wanted and kept until `owner` ends. */
function pool(owner: Scope, capacity: number) {
  const { port } = database.address() as AddressInfo;
  const slots = resource('database', { capacity });
  const idle: Connection[] = [];

  return function* query(question: string): Operation<string> {
    using _slot = yield* slots.acquire();
    const connection = idle.pop() ?? (yield* connect({ host: '127.0.0.1', port }));
    let answer: string | null = null;
    try {
      connection.adopt(owner);
      yield* connection.write(`${question}\n`);
      answer = yield* connection.readLine();
    } finally {
      // An answer that was not read would be taken for the next one.
      if (answer !== null) idle.push(connection);
      else connection.destroy();
    }
    if (answer === null) throw new HttpError(502, 'the database has hung up\n');
    return answer;
  };
}
