/** What a closed loop of so many clients reached. */
export interface Point {
  readonly clients: number;
  /** Requests a second. */
  readonly rate: number;
}

/**
 * The point with the highest rate, which a second, longer look has confirmed: the best of several short looks is too good, and a
 * server that is about to run out of memory is fast until it does.
 *
 * @param lookLonger answers the rate with so many clients.
 */
export async function bestPoint(
  points: readonly Point[],
  lookLonger: (clients: number) => Promise<number>,
): Promise<Point> {
  const unconfirmed = [...points].sort((a, b) => b.rate - a.rate);
  let best: Point = { clients: 0, rate: 0 };
  for (const { clients, rate } of unconfirmed) {
    if (best.rate >= rate) break;
    const confirmed = await lookLonger(clients);
    if (confirmed > best.rate) best = { clients, rate: confirmed };
  }
  return best;
}
