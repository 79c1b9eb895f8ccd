import type { Pool } from '../fibers/pool.js';

/**
 * Which pools are reckoned with: locks of single objects come and go, and are no resources. What the program declares, and libuv's
 * threads, come before all else; what a node names before what none does; what was known before what is new. What no node
 * names and nobody has is no more.
 *
 * @param known those so far. @param named those that nodes of the graph name.
 */
export function choosePools(known: Iterable<Pool>, named: ReadonlySet<Pool>): Set<Pool> {
  const used = [...known].filter((pool) => pool.used > 0 || named.has(pool));
  const rankOf = (pool: Pool): number => (pool.isDeclared ? 2 : 0) + (named.has(pool) ? 1 : 0);
  return new Set([...new Set([...used, ...named])].sort((a, b) => rankOf(b) - rankOf(a)).slice(0, MOST));
}

const MOST = 16;
