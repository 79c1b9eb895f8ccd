/** From step to step the load grows by so much, and the goodput by at least so much, or the climb ends. */
const loadStep = 1.3;
const leastGain = 1.1;

/**
 * The peak that a closed loop found, or more: where requests wait before they work, its clients move in waves (all wait, then
 * all want to compute) and leave the processor idle between them, which arrivals at random do less. `goodAt` answers how many
 * of so many arrivals a second are answered in time.
 */
export async function climb(closedRate: number, goodAt: (offered: number) => Promise<number>): Promise<number> {
  let best = closedRate;
  for (let offered = closedRate * loadStep; ; offered *= loadStep) {
    const reached = await goodAt(offered);
    if (reached < best * leastGain) return Math.max(best, reached);
    best = reached;
  }
}
