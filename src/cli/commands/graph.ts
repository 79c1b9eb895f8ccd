import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { InspectionError, SnapshotError } from '../../base/errors.js';
import { add } from '../../blocking-graph/add.js';
import { formats, render, type Format } from '../../blocking-graph/render/render.js';
import { renderRemainingJson } from '../../blocking-graph/render/remaining-json.js';
import { renderRemaining } from '../../blocking-graph/render/remaining-text.js';
import type { TextOptions } from '../../blocking-graph/render/text.js';
import type { Snapshot } from '../../blocking-graph/snapshot.js';
import { orders, type Order } from '../../blocking-graph/wait-groups.js';
import { subtract } from '../../blocking-graph/subtract.js';
import { History } from '../../inspect/history.js';
import { integer, port, seconds } from '../arguments.js';
import { loadSnapshot } from '../load-snapshot.js';
import { untilStopped, watch } from '../watch.js';

interface GraphOptions {
  readonly format: Format;
  readonly limit?: number;
  readonly by: Order;
  readonly output?: string;
  readonly watch?: number | true;
  readonly diff?: number;
  readonly since?: string;
  readonly remaining?: true;
  readonly live?: number | true;
}

export function graphCommand(): Command {
  return new Command('graph')
    .description('show what the fibers of a program wait for')
    .argument(
      '<target...>',
      'process id (heddle ps lists them), socket, or file with a snapshot (- for standard input); several are added up',
    )
    .addOption(new Option('-f, --format <format>', 'what to print').choices(formats).default('text'))
    .option('-n, --limit <n>', 'most nodes to show', integer(1))
    .addOption(new Option('-b, --by <order>', 'which come first in a text').choices(orders).default('waiting'))
    .option('-o, --output <file>', 'write to a file')
    .addOption(
      new Option('-w, --watch [seconds]', 'show again and again, every 2 s unless given; as text')
        .argParser(seconds)
        .conflicts(['output', 'format', 'since']),
    )
    .addOption(
      new Option('-d, --diff <seconds>', 'show what happens in this time; with --watch, what happened in it last')
        .argParser(seconds)
        .conflicts('since'),
    )
    .option('-s, --since <file>', 'show what happened since the snapshot in this file')
    .option(
      '-r, --remaining',
      'show what fibers at each node are still going to need: time to the end (T), work (W), when (H), outstanding (Q); as text or json',
    )
    .addOption(
      new Option('-l, --live [port]', 'serve a page that shows it live, on 127.0.0.1, at any free port unless given')
        .argParser(port)
        .conflicts(['output', 'format', 'limit', 'diff', 'since', 'watch', 'remaining']),
    )
    .action(async (targets: string[], options: GraphOptions, command: Command) => {
      if (options.remaining && options.format !== 'text' && options.format !== 'json')
        command.error(`error: option '--remaining' is shown as text or json, not as ${options.format}`);
      const inputs = [...targets, options.since].filter((one) => one === '-').length;
      if (inputs > 1) command.error('error: standard input can be read once');
      for (const again of ['watch', 'live', 'diff'] as const)
        if (options[again] !== undefined && inputs > 0)
          command.error(`error: option '--${again}' looks more than once, and standard input can be read once`);
      if (options.live !== undefined) return serveLive(targets, options.live === true ? 0 : options.live);
      if (options.watch !== undefined) return watchGraph(targets, options, options.watch === true ? 2 : options.watch);
      const text = await show(await load(targets, options), options, onTerminal(options));
      if (options.output === undefined) process.stdout.write(text);
      else await write(options.output, text);
    });
}

async function watchGraph(targets: readonly string[], options: GraphOptions, everySeconds: number): Promise<void> {
  const { diff } = options;
  const longestMs = (diff ?? 0) * 1000;
  const history = new History(longestMs / KEPT, longestMs);
  return watch(everySeconds, async (rows, signal) => {
    const snapshot = await loadAll(targets, signal);
    if (diff !== undefined) history.add(snapshot);
    const shown = diff === undefined ? snapshot : history.last(longestMs, snapshot);
    const draw = (limit?: number): Promise<string> =>
      show(shown, options, { ...(limit === undefined ? {} : { limit }), ...onTerminal(options) });
    if (rows === null || options.limit !== undefined) return draw();
    // Shows fewer nodes until the lines below them fit: locks and warnings matter most when there are any.
    for (let limit = rows; ;) {
      const picture = await draw(limit);
      const excess = picture.trimEnd().split('\n').length - rows;
      if (excess <= 0 || limit <= FEWEST) return picture;
      limit = Math.max(FEWEST, limit - excess);
    }
  });
}

const FEWEST = 3;
/** About how many snapshots are kept for the comparison; one of hundreds of nodes takes megabytes. */
const KEPT = 12;

async function serveLive(targets: readonly string[], at: number): Promise<void> {
  // What cannot be looked at is reported here, not on the page.
  await loadAll(targets);
  const { openLivePage } = await import('../../inspect/live-page.js');
  const asking = new AbortController();
  const page = await openLivePage({ port: at, snapshot: () => loadAll(targets, asking.signal) }).catch(
    (cause: Error) => {
      throw new InspectionError(`No page at port ${at}: ${cause.message}`, { cause });
    },
  );
  process.stdout.write(`blocking graph   ${page.url}\nstop with Ctrl-C\n`);
  await untilStopped();
  asking.abort();
  await page.close();
}

async function show(snapshot: Snapshot, { format, remaining }: GraphOptions, options: TextOptions): Promise<string> {
  if (!remaining) return render(snapshot, format, options);
  return format === 'json' ? renderRemainingJson(snapshot) : renderRemaining(snapshot, options);
}

async function load(targets: readonly string[], { diff, since }: GraphOptions): Promise<Snapshot> {
  if (since !== undefined) return subtract(await loadAll(targets), await loadSnapshot(since));
  if (diff === undefined) return loadAll(targets);
  const earlier = await loadAll(targets);
  await sleep(diff * 1000);
  return subtract(await loadAll(targets), earlier);
}

async function loadAll(targets: readonly string[], signal?: AbortSignal): Promise<Snapshot> {
  return add(await Promise.all(targets.map((target) => loadSnapshot(target, signal))));
}

/** A file or pipe gets neither colours nor truncated lines. */
function onTerminal({ output, limit, by }: GraphOptions): TextOptions {
  const { stdout } = process;
  return {
    by,
    ...(limit === undefined ? {} : { limit }),
    ...(stdout.isTTY && output === undefined ? { width: stdout.columns || Infinity, color: stdout.hasColors() } : {}),
  };
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new SnapshotError(`Cannot write ${file}: ${(cause as Error).message}`, { cause });
  }
}
