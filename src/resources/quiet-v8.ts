import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism, getPriority, setPriority } from 'node:os';

/**
 * Where the process has a single processor, lets V8's own threads, which mark and sweep the heap, scavenge and compile, have a
 * tenth of the processor while the program wants it, and all that it leaves. By default each of the five has as much as the
 * program, which then stands still for 4 to 24 ms at a time; and while major collections drag on, V8 hardly finds out which
 * objects survive, and copies them again and again. `docs/overload.md` has the numbers.
 *
 * Only Linux has a priority for each thread. It stays until the process ends: without privileges nobody may raise one again.
 *
 * @param processors on how many the process may run.
 */
export function quietV8(processors: number = availableParallelism()): void {
  if (processors > 1) return;
  try {
    const niceness = Math.min(getPriority(process.pid) + LESS, LEAST);
    for (const thread of v8Threads()) if (getPriority(thread) < niceness) setPriority(thread, niceness);
  } catch {
    // There is no /proc, or reading it or setting priorities is not permitted: all goes on as it would without.
  }
}

/**
 * Ids of V8's threads. Before Node 24 they have no names, but Node starts them before any others. None is found if the flags
 * ask for another number of them.
 */
function v8Threads(): number[] {
  if (POOL_SIZE_FLAG.test([process.env['NODE_OPTIONS'], ...process.execArgv].join(' '))) return [];
  const threads = readdirSync(THREADS).map(Number);
  // Else /proc belongs to another namespace of processes, and these are the ids of somebody else here.
  if (!threads.includes(process.pid)) return [];
  return threads
    .filter((thread) => thread !== process.pid)
    .map((thread) => ({ thread, startedAt: startedAt(thread) }))
    .sort((a, b) => a.startedAt - b.startedAt || a.thread - b.thread)
    .slice(0, V8_THREADS)
    .map(({ thread }) => thread);
}

/** When a thread was started, in hundredths of a second. */
function startedAt(thread: number): number {
  const stat = readFileSync(`${THREADS}/${thread}/stat`, 'latin1');
  // The fields are counted from behind its name, which may contain anything, parentheses too.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_FIELD]);
}

const THREADS = '/proc/self/task';
const START_FIELD = 19;
/** One for what is delayed, and four that work. */
const V8_THREADS = 5;
const POOL_SIZE_FLAG = /--v8[-_]pool[-_]size/;
/** A tenth of the program's weight. With 19, a seventieth, the compiler does not keep up. */
const LESS = 10;
const LEAST = 19;
