import { formatCount, formatMs, formatShare, plural, printable } from './format.js';
import { describeAhead, describeHeld, formatChain, functionsOf, isTerminal, type NodeView } from './view.js';

/** The lines in a node's box: its name, the calls that lead to it, the fibers there, and how long waits and runs take. */
export function nodeLines(view: NodeView): string[] {
  const { node } = view;
  const name = printable(view.name, 60);
  const chain = formatChain(functionsOf(node), 3);
  if (isTerminal(node)) return [name, chain, traffic(view)].filter((line) => line !== '');
  const there = [
    `${formatCount(node.waiting)} waiting`,
    ...(node.ready === 0 ? [] : [`${formatCount(node.ready)} ready`]),
  ];
  return [name, chain, there.join(' · '), times(view)].filter((line) => line !== '');
}

/** All facts about a node, one to a line. */
export function nodeTooltip(view: NodeView): string {
  const { node, name } = view;
  const facts: [title: string, value: string | null][] = [
    [name, ''],
    ['called by', node.chain.map((call) => printable(call, 60)).join(' → ') || null],
    ['fibers', `${formatCount(node.fibers)}, ${formatCount(node.waiting)} waiting, ${formatCount(node.ready)} ready`],
    ['arrivals', formatCount(node.arrivals)],
    [
      'wait',
      node.wait === null ? null : `median ${formatMs(view.medianWaitMs ?? 0)}, p99 ${formatMs(view.p99WaitMs ?? 0)}`,
    ],
    ['longest waiting now', node.oldestMs === null ? null : formatMs(node.oldestMs)],
    ['run', node.run.meanMs === null ? null : `${formatMs(node.run.meanMs)} mean, ${formatShare(view.share)} of all`],
    ['held back', describeHeld(node) || null],
    ['still to come', node.ahead === null ? null : describeAhead(node).replace('left ', '')],
    ['tickets', node.tickets === null ? null : formatCount(node.tickets)],
  ];
  return facts
    .filter(([, value]) => value !== null)
    .map(([title, value]) => (value === '' ? title : `${title}: ${value}`))
    .join('\n');
}

function traffic({ node }: NodeView): string {
  return `${formatCount(node.arrivals)} ${node.label === 'spawn' ? 'started' : 'ended'}`;
}

function times({ node, medianWaitMs }: NodeView): string {
  return [
    medianWaitMs === null ? null : `wait ${formatMs(medianWaitMs)}`,
    node.run.meanMs === null ? null : `run ${formatMs(node.run.meanMs)}`,
    node.tickets === null ? null : plural(node.tickets, 'ticket'),
  ]
    .filter((part) => part !== null)
    .join(' · ');
}
