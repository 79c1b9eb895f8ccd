import { TOO_LONG } from '../fibers/slice-meter.js';
import type { GraphNode } from './graph-node.js';

/** Warnings about nodes from which fibers run for longer than a slice, one sentence each: others have to wait for them. */
export function describeLongRuns(nodes: readonly GraphNode[], sliceMs: number): string[] {
  return nodes
    .filter(({ ready }) => ready.runs >= LEAST_RUNS && ready.meanMs > TOO_LONG * sliceMs)
    .map((node) => {
      const chain = node.chain.path().map(({ text }) => text);
      const { meanMs } = node.ready;
      return (
        `${chain.join(' → ')} runs ${meanMs.toFixed(1)} ms from ${node.label.text} without suspending, ` +
        `longer than a slice of ${sliceMs} ms: ${isCompiled(node) ? OF_COMPILED : OF_OTHERS}`
      );
    });
}

/** Runs that begin or end at a call site were compiled code, at least in part. */
function isCompiled({ chain, edges }: GraphNode): boolean {
  return chain.site !== null || edges.some(({ to }) => to.chain.site !== null);
}

const LEAST_RUNS = 8;
const OF_OTHERS = 'put a yieldNow() into its loops, or compile it';
/** Its own loops give way by themselves. */
const OF_COMPILED =
  'a plain function takes it, or code that is not compiled: make it a function*, or give it to a worker thread';
