import type { Pool } from '../fibers/pool.js';

/**
 * Which pools admission takes into account, at most `MOST`: locks of single objects come and go, and are no resources. Pools
 * that the program declares, and libuv's threads, come before all others, then those that a node names, then those known before.
 * A pool that no node names and nobody holds is dropped.
 *
 * @param known the pools so far. @param named those that nodes of the graph name.
 */
export function choosePools(known: Iterable<Pool>, named: ReadonlySet<Pool>): Set<Pool> {
  const used = [...known].filter((pool) => pool.used > 0 || named.has(pool));
  const rankOf = (pool: Pool): number => (pool.isDeclared ? 2 : 0) + (named.has(pool) ? 1 : 0);
  return new Set([...new Set([...used, ...named])].sort((a, b) => rankOf(b) - rankOf(a)).slice(0, MOST));
}

const MOST = 16;
