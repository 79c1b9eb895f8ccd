/** A source of log-normal sizes with this mean; `sigma` 1: one in a hundred is more than six times the mean. */
export function logNormal(random: () => number, mean: number, sigma: number, most: number): () => number {
  const mu = Math.log(mean) - sigma ** 2 / 2;
  // Box and Muller's transform; its second value is thrown away, which costs nothing that matters here.
  return () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.min(most, Math.exp(mu + sigma * normal));
  };
}
