import { setTimeout as elapse } from 'node:timers/promises';
import type { ClosedAssignment, ClosedResult, Outcome, PhaseBegins } from './assignment.js';
import type { Attempt } from './attempt.js';
import { Requests } from './requests.js';
import { transportFor } from './transport-for.js';

/** After a failure a client waits: a server that is gone would be asked as fast as the machine can. */
const pauseMs = 10;

/** Runs clients that ask again as soon as they are answered: what a server can do when nobody asks for more. */
export async function closedLoop(
  assignment: ClosedAssignment,
  tell: (message: PhaseBegins) => void,
): Promise<ClosedResult> {
  const { port, classes, connections, seed, clients, seconds, warmUpSeconds, deadlineMs } = assignment;
  const requests = new Requests(classes, connections, seed);
  let running = true;
  let answered = 0;

  const settle = (attempt: Attempt, outcome: Outcome): void => {
    attempt.settled = true;
    if (outcome === 'good' && performance.now() - attempt.intendedAt <= deadlineMs) answered++;
    if (!running) return;
    // Not from inside of the connection's own callback, which has yet to put the connection back.
    if (outcome === 'good') setImmediate(ask);
    else setTimeout(ask, pauseMs);
  };
  const transport = transportFor(connections, port, settle);
  function ask(): void {
    if (!running) return;
    const kind = requests.draw();
    transport.send({
      kind,
      bytes: requests.bytes[kind]!,
      intendedAt: performance.now(),
      retriesLeft: 0,
      second: -1,
      counts: false,
      settled: false,
      abandon: null,
    });
  }

  for (let left = clients; left > 0; left--) ask();
  await elapse(warmUpSeconds * 1000);
  const before = answered;
  const start = performance.now();
  tell({ kind: 'phase', name: 'constant', cost: 1, measuring: true });
  await elapse(seconds * 1000);
  const measured = answered - before;
  const rate = (measured / (performance.now() - start)) * 1000;
  tell({ kind: 'phase', name: 'tail', cost: 1, measuring: false });
  running = false;
  transport.close();
  return { kind: 'closed', rate, answered: measured };
}
