import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import type { PhaseBegins } from '../../bench/overload/generator/assignment.js';
import { closedLoop } from '../../bench/overload/generator/closed-loop.js';
import { OpenLoop } from '../../bench/overload/generator/open-loop.js';
import { tail } from '../../bench/overload/phase.js';
import { oneClass } from '../../bench/overload/scenario.js';

/** Answers all with `status`, and is asked `use`; `served` counts. */
async function withServer<T>(status: number, use: (port: number, served: () => number) => Promise<T>): Promise<T> {
  let served = 0;
  const server = createServer((_request, response) => {
    served++;
    response.writeHead(status, { 'content-length': '0' }).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    return await use((server.address() as AddressInfo).port, () => served);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const usual = { classes: oneClass, connections: 'keep-alive', seed: 1, deadlineMs: 5000 } as const;

test('a closed loop says when what is measured begins and ends, and counts what was answered between', async (t) => {
  const clients = 4;
  await withServer(200, async (port, served) => {
    const told: { readonly phase: PhaseBegins; readonly served: number }[] = [];
    const { answered } = await closedLoop(
      { ...usual, kind: 'closed', port, clients, warmUpSeconds: 0.2, seconds: 0.1 },
      (phase) => told.push({ phase, served: served() }),
    );
    const [begin, end, ...others] = told;
    t.deepEqual([begin?.phase.measuring, end?.phase.measuring, others.length], [true, false, 0]);
    const between = end!.served - begin!.served;
    t.true(Math.abs(answered - between) <= clients, `${answered} answered, ${between} served`);
  });
});

test('what fails and is repeated does not decide over what arrives', async (t) => {
  const arrivalsAgainst = (status: number): Promise<number> =>
    withServer(status, async (port) => {
      const phases = [{ name: 'constant', seconds: 1, load: 1, measured: true }, tail(1)];
      const open = { ...usual, kind: 'open', port, peak: 500, phases, slowClients: 0, health: false } as const;
      const { all, retried } = await new OpenLoop({ ...open, retries: 1 }, () => {}).run();
      // Beside a busy machine some is late, and repeated, also where nothing is refused.
      t.true(retried > 0 || status === 200);
      return all.arrivals;
    });
  t.is(await arrivalsAgainst(503), await arrivalsAgainst(200));
});
