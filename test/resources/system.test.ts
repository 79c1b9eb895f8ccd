import { execFile } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as turn, setTimeout as elapse } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { descriptorLimit, openDescriptors } from '#src/resources/descriptors.js';
import { processUsage } from '#src/resources/process-usage.js';
import { SystemHeap } from '#src/resources/system-heap.js';
import { systemMachine } from '#src/resources/system-machine.js';

const MB = 2 ** 20;

/** What `f` allocates on the heap and outside of it, in MB, as the heap counts it. */
function measure(heap: SystemHeap, f: () => unknown): { heap: number; external: number } {
  heap.beginRun();
  const kept = f();
  heap.endRun();
  void kept;
  return { heap: heap.allocated / MB, external: heap.externalAllocated / MB };
}

/** 4 KiB of numbers that are no small integers. Of larger ones V8 puts few on a page, and counts what is left over. */
const NUMBERS = Array.from({ length: 512 }, (_, i) => i + 0.5);

/** So many MB. */
function arrays(megabytes: number): number[][] {
  return Array.from({ length: megabytes * 256 }, () => NUMBERS.slice());
}

test.serial('10 MB on the heap are seen within a fifth, kept or dropped', (t) => {
  const heap = new SystemHeap();
  for (const f of [() => arrays(10), () => void arrays(10)]) {
    const seen = measure(heap, f);
    t.true(Math.abs(seen.heap - 10) < 2, `${seen.heap} MB`);
  }
});

test.serial('what is allocated while the collector runs many times is seen within a fifth', (t) => {
  const seen = measure(new SystemHeap(), () => {
    for (let i = 0; i < 30; i++) arrays(10);
  });
  t.true(Math.abs(seen.heap - 300) < 60, `${seen.heap} MB`);
});

test.serial('what was allocated before a measured run is not seen in it', (t) => {
  const heap = new SystemHeap();
  measure(heap, () => arrays(10));
  arrays(10);
  const seen = measure(heap, () => arrays(1));
  t.true(seen.heap > 0.5 && seen.heap < 2, `${seen.heap} MB`);
});

test.serial('10 MB in buffers are seen within a fifth, outside of the heap', (t) => {
  const heap = new SystemHeap();
  const kept: Buffer[] = [];
  const seen = measure(heap, () => {
    for (let i = 0; i < 10; i++) kept.push(Buffer.alloc(MB, 1));
  });
  t.true(Math.abs(seen.external - 10) < 2, `${seen.external} MB outside`);
  t.true(seen.heap < 1, `${seen.heap} MB on the heap`);
  t.is(kept.length, 10);
});

/** Allocates, keeping up to `most` MB, until there is a major collection. */
async function provoke(heap: SystemHeap, most: number): Promise<void> {
  const { majors } = heap;
  let kept: number[][] = [];
  for (let i = 0; heap.majors === majors && i < 400; i++) {
    kept.push(...arrays(4));
    if (kept.length >= 256 * most) kept = kept.slice(kept.length / 2);
    await turn();
  }
}

test.serial('major collections are noticed, and what they leave is known', async (t) => {
  const heap = new SystemHeap();
  heap.start();
  try {
    t.true(heap.liveAfterMajor > 0, 'something lives from the beginning');
    for (let i = 1; i <= 3; i++) {
      await provoke(heap, 64);
      t.is(heap.majors, i);
      t.true(heap.liveAfterMajor > 8 * MB && heap.liveAfterMajor < 160 * MB, `${heap.liveAfterMajor}`);
    }
  } finally {
    heap.stop();
  }
});

/** Says how many pieces it can build between major collections while 32 live: at first, and once its heap was expanded. */
const churning = `
  import { SystemHeap } from '#src/resources/system-heap.js';
  const heap = new SystemHeap();
  heap.start();
  const kept = [];
  let turns = 0;
  async function betweenMajors(count) {
    const [began, { majors }] = [turns, heap];
    while (heap.majors < majors + count) {
      kept[turns++ % 32] = Array.from({ length: 16384 }, (_, i) => ({ i, half: i + 0.5 }));
      await new Promise(setImmediate);
    }
    return (turns - began) / count;
  }
  await betweenMajors(4);
  const usual = await betweenMajors(6);
  heap.expand();
  await betweenMajors(2);
  console.log(JSON.stringify({ usual, expanded: await betweenMajors(6) }));
  heap.stop();
`;

/** Says how many collections expanding a second time takes, and how many minor ones building ten megabytes that stay. */
const growing = (expanded: boolean): string => `
  import { GCProfiler } from 'node:v8';
  import { SystemHeap } from '#src/resources/system-heap.js';
  const heap = new SystemHeap();
  const profiler = new GCProfiler();
  if (${expanded}) heap.expand();
  profiler.start();
  if (${expanded}) heap.expand();
  const again = profiler.stop().statistics.length;
  profiler.start();
  const kept = [];
  for (let i = 0; i < 256; i++) kept.push(Array.from({ length: 2000 }, (_, j) => ({ j })));
  const minors = profiler.stop().statistics.filter(({ gcType }) => gcType === 'Scavenge').length;
  console.log(JSON.stringify({ again, minors }));
`;

/** What `program` prints, in a heap of 256 MB. In a process of its own: V8's flags are everybody's. */
async function inSmallHeap(program: string, ...flags: readonly string[]): Promise<string> {
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  // A flag that is given twice has the value that is given last.
  const args = ['--max-old-space-size=256', ...flags, '--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  return stdout;
}

async function churn(...flags: readonly string[]): Promise<{ usual: number; expanded: number }> {
  return JSON.parse(await inSmallHeap(churning, ...flags)) as { usual: number; expanded: number };
}

async function grow(expanded: boolean, ...flags: readonly string[]): Promise<{ again: number; minors: number }> {
  return JSON.parse(await inSmallHeap(growing(expanded), ...flags)) as { again: number; minors: number };
}

test('with a limit of 256 MB an expanded heap takes in half as much again, or more, between major collections', async (t) => {
  const { usual, expanded } = await churn();
  t.true(expanded > 1.5 * usual, `${usual} pieces, then ${expanded}`);
});

test('an expanded heap has a large young generation from the start', async (t) => {
  const [usual, expanded] = [await grow(false), await grow(true)];
  t.true(expanded.minors < usual.minors - 1, `${usual.minors} minor collections, then ${expanded.minors}`);
  t.is(expanded.again, 0);
});

test('a tiny heap expands into no room that it does not have', async (t) => {
  const tiny = `
    import { SystemHeap } from '#src/resources/system-heap.js';
    new SystemHeap().expand();
    console.log('lives');
  `;
  t.is(await inSmallHeap(tiny, '--max-old-space-size=8'), 'lives\n');
});

test('a growth that was asked for on the command line stays', async (t) => {
  const { usual, expanded } = await churn('--heap-growing-percent=50');
  t.true(expanded < 1.5 * usual, `${usual} pieces, then ${expanded}`);
  t.deepEqual(await grow(true, '--semi_space_growth_factor=2'), await grow(false));
});

test.serial('minor collections are no major ones', async (t) => {
  const heap = new SystemHeap();
  heap.start();
  let minor = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as unknown as { detail: { kind: number } }[])
      if (entry.detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) minor++;
  });
  observer.observe({ entryTypes: ['gc'] });
  try {
    await provoke(heap, 64);
    minor = 0;
    const { majors } = heap;
    for (let i = 0; minor < 5 && i < 400; i++) {
      arrays(1);
      await turn();
    }
    t.true(minor >= 5);
    t.is(heap.majors, majors);
  } finally {
    observer.disconnect();
    heap.stop();
  }
});

test.serial('a heap that is not watched, or no more, notices nothing and fails in nothing', async (t) => {
  const heap = new SystemHeap();
  heap.endRun();
  t.is(heap.allocated, 0);
  heap.look();
  heap.start();
  heap.start();
  heap.stop();
  heap.stop();
  const other = new SystemHeap();
  other.start();
  try {
    await provoke(other, 64);
    t.true(other.majors > 0);
    t.is(heap.majors, 0);
  } finally {
    other.stop();
  }
});

test('the limits are those of the process', (t) => {
  const heap = new SystemHeap();
  t.true(heap.limit > 16 * MB);
  t.true(heap.externalLimit > 16 * MB && Number.isFinite(heap.externalLimit));
});

test('a limit of the container that changes while the process runs is known ten looks later', (t) => {
  let limit = 64 * MB;
  const heap = new SystemHeap(() => limit);
  heap.look();
  t.is(heap.externalLimit, 32 * MB);
  limit = 16 * MB;
  for (let i = 0; i < 10; i++) heap.look();
  t.is(heap.externalLimit, 8 * MB);
});

test('the number of threads is what libuv makes of its variable', (t) => {
  const threads = (size?: string) =>
    systemMachine(new SystemHeap(), size === undefined ? {} : { UV_THREADPOOL_SIZE: size }).threads;
  t.deepEqual([threads(), threads('8'), threads('0'), threads('many'), threads('5000')], [4, 8, 1, 1, 1024]);
});

test('an event loop that waits is idle, and one that computes is not', async (t) => {
  const machine = systemMachine(new SystemHeap());
  await elapse(60);
  const waiting = machine.idleShare();
  const end = performance.now() + 60;
  while (performance.now() < end);
  await turn();
  const computing = machine.idleShare();
  t.true(waiting > 0 && waiting > computing, `${waiting} and ${computing}`);
});

test('what the process uses is what Node and the system say', (t) => {
  const used = (): number =>
    Object.values(process.cpuUsage()).reduce((sum, microseconds) => sum + microseconds, 0) / 1000;
  const before = used();
  const usage = processUsage();
  t.true(usage.cpuMs >= before && usage.cpuMs <= used(), `${before}, then ${usage.cpuMs}`);
  t.is(usage.heapLimitBytes, new SystemHeap().limit);
  t.true(usage.heapUsedBytes > MB && usage.heapUsedBytes < usage.heapLimitBytes);
  t.true(usage.rssBytes! > MB);
  t.is(usage.descriptorLimit, descriptorLimit());
});

/** Descriptors are counted in /proc. */
const onLinux = process.platform === 'linux' ? test.serial : test.skip;

onLinux('the limit of descriptors is that of the process', async (t) => {
  const script = `import { descriptorLimit } from '#src/resources/descriptors.js'; console.log(descriptorLimit());`;
  const shell = `ulimit -n 200 && exec "$0" --input-type=module -e "$1"`;
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  const { stdout } = await promisify(execFile)('sh', ['-c', shell, process.execPath, script], { cwd });
  t.is(stdout, '200\n');
});

onLinux('open descriptors are counted, and there is a limit or none', (t) => {
  const before = openDescriptors()!;
  const opened = Array.from({ length: 5 }, () => openSync('/dev/null', 'r'));
  t.is(openDescriptors(), before + 5);
  for (const descriptor of opened) closeSync(descriptor);
  t.is(openDescriptors(), before);
  const limit = descriptorLimit();
  t.true(limit === null || (Number.isInteger(limit) && limit > before), `${limit}`);
});

/** Starts another thread of every kind, quietens V8 and prints how nice each thread then is, by age. */
const quietening = `
  import { readFile } from 'node:fs/promises';
  import { readdirSync, readFileSync } from 'node:fs';
  import { getPriority, setPriority } from 'node:os';
  import { Worker } from 'node:worker_threads';
  import { once } from 'node:events';
  import { quietV8 } from '#src/resources/quiet-v8.js';
  await readFile('/dev/null');
  const worker = new Worker('setInterval(() => {}, 1e6)', { eval: true });
  await once(worker, 'online');
  const [processors, least] = process.argv.slice(1).map(Number);
  // Without privileges nobody can be less nice than these tests.
  const nice = Math.max(getPriority(process.pid), least);
  for (const thread of readdirSync('/proc/self/task')) setPriority(Number(thread), nice);
  quietV8(processors);
  quietV8(processors);
  const threads = readdirSync('/proc/self/task').map(Number).sort((a, b) => a - b);
  const named = threads.map((thread) => [readFileSync('/proc/self/task/' + thread + '/comm', 'utf8').trim(), getPriority(thread)]);
  console.log(JSON.stringify({ nice, main: getPriority(process.pid), named }));
  process.exit();
`;

interface Quietened {
  readonly nice: number;
  readonly main: number;
  readonly named: readonly (readonly [name: string, niceness: number])[];
}

/** @param least the program is at least so nice. */
async function quietened(flags: readonly string[], processors: number, least: number) {
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  const given = [...flags, '--input-type=module', '-e', quietening, String(processors), String(least)];
  const { stdout } = await promisify(execFile)(process.execPath, given, { cwd });
  const { nice, main, named } = JSON.parse(stdout) as Quietened;
  const quiet = named.filter(([, niceness]) => niceness > nice);
  return { nice, main, named, quiet, niceness: new Set(quiet.map(([, niceness]) => niceness)) };
}

onLinux('on one processor the five threads of V8 are nicer than the program, and nothing else is', async (t) => {
  const { nice, main, named, quiet, niceness } = await quietened([], 1, 2);
  t.is(main, nice);
  t.true(named.length >= 11, 'those of libuv and a worker are there');
  t.is(quiet.length, 5);
  t.deepEqual([...niceness], [nice + 10]);
  // Node names its threads since version 24.
  if (named.some(([name]) => name.includes('V8Worker')))
    for (const [name] of quiet) t.regex(name, /V8Worker|^DelayedTaskSche/);
  for (const [name, niceness] of named) if (/libuv|Inspector/.test(name)) t.is(niceness, nice, name);
});

onLinux('V8 is left alone on several processors, and where its threads are another number', async (t) => {
  t.deepEqual((await quietened([], 2, 0)).quiet, []);
  t.deepEqual((await quietened(['--v8-pool-size=1'], 1, 0)).quiet, []);
});

onLinux('a program that is very nice already stays as it is, with threads that are no nicer than can be', async (t) => {
  const { nice, main, quiet, niceness } = await quietened([], 1, 15);
  t.is(main, nice);
  t.is(quiet.length, 5);
  t.deepEqual([...niceness], [19]);
});

onLinux('who may not read /proc goes on without', async (t) => {
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  const script = `import { quietV8 } from '#src/resources/quiet-v8.js'; quietV8(1); console.log('went on');`;
  const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
  const flags = [flag, `--allow-fs-read=${cwd}*`, '--no-warnings', '--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd });
  t.is(stdout, 'went on\n');
});
