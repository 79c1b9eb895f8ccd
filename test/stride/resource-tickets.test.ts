import test from 'ava';
import type { Outlook } from '#src/resources/outlook.js';
import { resourceTickets } from '#src/stride/resource-tickets.js';

/** Of one stock of 100 so much is used; running from node 0 takes `takes`, who stands there holds `holds`. */
function tickets(used: number, takes: number, holds: number, capacity: number = 100): number {
  const resources = [{ kind: 'stock', capacity, used, scale: 1, amount: () => takes }];
  const prediction = { demands: [{ held: [holds] }] };
  return resourceTickets(0, { resources, prediction } as unknown as Outlook);
}

test('without scarcity all nodes have the same tickets, whatever they take', (t) => {
  for (const takes of [0, 1, 50]) t.is(tickets(50, takes, 0), 100);
  t.is(tickets(99, 50, 50, Infinity), 100);
});

test('at the limit who takes much has a tenth, who is going to give much back ten times as many, and nobody none', (t) => {
  t.is(tickets(100, 50, 0), 10);
  t.is(tickets(100, 0, 50), 1000);
  t.is(tickets(1e9, 1e9, 1e9), 10);
  t.true(tickets(75, 50, 0) > 10 && tickets(75, 50, 0) < 100, 'half-way there, some of it');
  t.is(tickets(100, 0, 0), 100);
});

test('a fiftieth of a stock counts as the whole of it, and less by its part', (t) => {
  t.is(tickets(100, 2, 0), 10);
  t.is(tickets(100, 1, 0), 100 / (1 + 9 / 2));
  t.is(tickets(100, 0, 1), 100 * (1 + 9 / 2));
  t.is(tickets(100, -1, 0), 100 * (1 + 9 / 2), 'what running from here gives back');
  t.is(tickets(100, -1, 2), 1000, 'or all that it holds, if that is more');
});
