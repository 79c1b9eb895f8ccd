import test from 'ava';
import {
  abortable,
  all,
  moveOnAfter,
  resource,
  scope,
  shield,
  sleep,
  until,
  type Operation,
  type Resource,
  type Scope,
} from 'heddle';
import { own, toPromise } from 'heddle/promises';
import type { World } from 'heddle/testing';
import { simulateManyClean } from '../support/no-leak.js';

/** Stands for a database and the pool of its driver: what `docs/databases.md` advises must never break its rules. */
class Pool {
  readonly balances: number[] = [10, 10, 10];
  readonly broken: string[] = [];
  taken: number = 0;
  /** How many clients were given in all, and how many of them were closed rather than given back. */
  given: number = 0;
  closed: number = 0;
  /** Has a permit for each client. */
  readonly database: Resource = resource('database', { capacity: 2 });
  readonly idle: Client[] = [];
  private size: number = 0;
  private readonly waiting: ((client: Client) => void)[] = [];
  private readonly server: Scope;
  private readonly world: World;

  constructor(server: Scope, world: World) {
    this.server = server;
    this.world = world;
  }

  /** Takes its time, and cannot be stopped. */
  answer(): Promise<void> {
    return toPromise(sleep(this.world.random.below(4)), { scope: this.server });
  }

  async connect(): Promise<Client> {
    const client =
      this.idle.pop() ??
      (this.size < 2 && ++this.size > 0
        ? new Client(this)
        : await new Promise<Client>((resolve) => this.waiting.push(resolve)));
    this.taken++;
    this.given++;
    await this.answer();
    return client;
  }

  giveBack(client: Client, close: boolean): void {
    this.taken--;
    if (!close && client.state !== 'idle') this.broken.push(`given back: ${client.state}`);
    if (close) this.closed++;
    const next = close ? new Client(this) : client;
    const waiter = this.waiting.shift();
    if (waiter === undefined) this.idle.push(next);
    else waiter(next);
  }

  /** As libraries do that begin and end the transaction themselves. */
  async transaction<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.connect();
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }
}

class Client {
  state: 'idle' | 'in a transaction' | 'busy' = 'idle';
  private changes: (() => void)[] = [];
  private last: Promise<void> = Promise.resolve();
  private readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Queries are answered one after another. */
  query(what: 'BEGIN' | 'COMMIT' | 'ROLLBACK' | (() => void)): Promise<void> {
    return (this.last = this.last.then(() => this.perform(what)));
  }

  private async perform(what: 'BEGIN' | 'COMMIT' | 'ROLLBACK' | (() => void)): Promise<void> {
    this.state = 'busy';
    await this.pool.answer();
    this.state = what === 'COMMIT' || what === 'ROLLBACK' ? 'idle' : 'in a transaction';
    if (typeof what === 'function') return void this.changes.push(what);
    if (what === 'COMMIT') for (const change of this.changes) change();
    this.changes = [];
  }

  release(close: boolean = false): void {
    this.pool.giveBack(this, close);
  }
}

const transaction = <T>(pool: Pool, work: (client: Client) => Operation<T>): Operation<T> =>
  pool.database.withPermit(withClient(pool, work));

function* withClient<T>(pool: Pool, work: (client: Client) => Operation<T>): Operation<T> {
  const client = yield* abortable(() => pool.connect());
  let usable = false;
  try {
    yield* until(client.query('BEGIN'));
    const result = yield* work(client);
    yield* abortable(() => client.query('COMMIT'));
    usable = true;
    return result;
  } catch (error) {
    const rolledBack = client.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    usable = (yield* shield(moveOnAfter(1000, until(rolledBack)))) === true;
    throw error;
  } finally {
    client.release(!usable);
  }
}

const inCallback = <T>(pool: Pool, work: (client: Client) => Operation<T>): Operation<T> =>
  scope((inner) => abortable(() => pool.transaction((client) => toPromise(work(client), { scope: inner }))));

for (const [name, inTransaction] of Object.entries({ transaction, withClient, inCallback }))
  test(`${name}: a transaction is done or undone and its client given back, wherever it fails or is cancelled`, (t) =>
    simulateManyClean((world) =>
      scope(function* (server) {
        const { random } = world;
        const pool = new Pool(server, world);
        let moved = 0;
        function* move(client: Client): Operation<true> {
          const from = random.below(3);
          const to = random.below(3);
          yield* until(client.query(() => pool.balances[from]!--));
          if (random.below(4) === 0) throw new Error('broken');
          yield* sleep(random.below(3));
          yield* until(client.query(() => pool.balances[to]!++));
          return true;
        }
        function* one(): Operation<void> {
          try {
            if (yield* moveOnAfter(random.below(40), inTransaction(pool, move))) moved++;
          } catch (error) {
            t.is((error as Error).message, 'broken');
          }
        }
        yield* all(Array.from({ length: 8 }, one));
        world.log(`${moved} moved`);
        t.deepEqual(pool.broken, []);
        t.is(pool.taken, 0);
        t.is(pool.closed, 0);
        t.is(
          pool.balances.reduce((sum, one) => sum + one),
          30,
        );
      }),
    ));

test('a fiber whose time is up while it waits in line for the database takes no client', (t) =>
  simulateManyClean((world) =>
    scope(function* (server) {
      const pool = new Pool(server, world);
      const use = (): Operation<unknown> => transaction(pool, () => sleep(100));
      yield* scope(function* (others) {
        others.spawn(use);
        others.spawn(use);
        yield* sleep(20);
        yield* all(Array.from({ length: 6 }, () => moveOnAfter(world.random.below(30), use())));
      });
      t.is(pool.given, 2);
      t.is(pool.closed, 0);
    }),
  ));

test('what has to be given back and was asked for by abortable is owned, although its fiber was cancelled meanwhile', (t) =>
  simulateManyClean((world) =>
    scope(function* (server) {
      const pool = new Pool(server, world);
      function* use(): Operation<void> {
        const client = own(
          yield* abortable(async () => {
            const connected = await pool.connect();
            return { [Symbol.dispose]: () => connected.release() };
          }),
        );
        yield* sleep(world.random.below(3));
        void client;
      }
      yield* all(Array.from({ length: 6 }, () => moveOnAfter(world.random.below(10), use())));
      t.is(pool.taken, 0);
    }),
  ));
