import type { RunOptions } from 'heddle';

/** With everything switched on: the blocking graph and the stride queue. */
export const recorded: RunOptions = {};

/** Without the graph, first in first out: what recording and stride cost is the difference. */
export const unrecorded: RunOptions = { recording: false, queue: 'fifo' };
