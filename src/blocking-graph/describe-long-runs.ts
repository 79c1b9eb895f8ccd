import { TOO_LONG } from '../fibers/slice-meter.js';
import type { GraphNode } from './graph-node.js';

/**
 * Warnings about nodes from which fibers run well beyond a slice, which delays all others. Nodes that wait for the same
 * thing share one sentence, or a server with sixty routes would give the same warning sixty times.
 */
export function describeLongRuns(nodes: readonly GraphNode[], sliceMs: number): string[] {
  const slow = nodes
    .filter(({ ready }) => ready.runs >= LEAST_RUNS && ready.meanMs > TOO_LONG * sliceMs)
    .sort((a, b) => b.ready.meanMs - a.ready.meanMs);
  const alike = new Map<string, { readonly worst: GraphNode; readonly advice: string; count: number }>();
  for (const node of slow) {
    const advice = isCompiled(node) ? OF_COMPILED : OF_OTHERS;
    const key = `${node.label.text}: ${advice}`;
    const group = alike.get(key);
    if (group === undefined) alike.set(key, { worst: node, advice, count: 1 });
    else group.count++;
  }
  return [...alike.values()].map(({ worst, advice, count }) => {
    const { chain, label, ready } = worst;
    const others = count === 1 ? '' : `, and ${count - 1} more run too long from there`;
    return (
      `${chain
        .path()
        .map(({ text }) => text)
        .join(' → ')} runs ${ready.meanMs.toFixed(1)} ms from ${label.text} ` +
      `without suspending, longer than a slice of ${sliceMs} ms${others}: ${advice}`
    );
  });
}

/** A run that begins or ends at a call site is compiled code, at least in part. */
function isCompiled({ chain, edges }: GraphNode): boolean {
  return chain.site !== null || edges.some(({ to }) => to.chain.site !== null);
}

const LEAST_RUNS = 8;
const OF_OTHERS = 'put a yieldNow() into its loops, or compile it';
/** Loops of compiled code yield by themselves, so something else must be taking the time. */
const OF_COMPILED =
  'a plain function takes it, or code that is not compiled: make it a function*, or give it to a worker thread';
