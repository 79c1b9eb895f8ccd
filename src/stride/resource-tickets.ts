import type { Outlook } from '../resources/outlook.js';

/**
 * The tickets of a node by what fibers take and give back of what is scarce:
 *
 *     100 × (1 + Σ price × given back) / (1 + Σ price × taken)
 *
 * The price of a stock is 0 while less than half of it is used, and grows to 9 at its limit. What is taken and given back counts
 * in fiftieths of the stock, at most as one. So for one stock a node keeps between a tenth and ten times its share, and without
 * scarcity all nodes have the same share: round robin, which nothing beat where only the processor is short.
 */
export function resourceTickets(node: number, outlook: Outlook): number {
  let given = 0;
  let taken = 0;
  outlook.resources.forEach((resource, r) => {
    if (resource.kind !== 'stock' || resource.capacity === Infinity) return;
    const price = Math.min(1, Math.max(0, (2 * resource.used) / resource.capacity - 1)) * HIGHEST_PRICE;
    if (price === 0) return;
    const amount = resource.amount(node);
    const part = (units: number): number => Math.min(1, (PARTS * units * resource.scale) / resource.capacity);
    if (amount > 0) taken += price * part(amount);
    else {
      const held = outlook.prediction.demands[r]?.held[node] ?? 0;
      // Soon to end: what it holds will be given back.
      given += price * part(Math.max(-amount, held));
    }
  });
  return (100 * (1 + given)) / (1 + taken);
}

const HIGHEST_PRICE = 9;
const PARTS = 50;
