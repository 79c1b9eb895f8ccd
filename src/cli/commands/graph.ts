import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { SnapshotError } from '../../base/errors.js';
import { add } from '../../blocking-graph/add.js';
import { formats, render, type Format } from '../../blocking-graph/render/render.js';
import { renderRemainingJson } from '../../blocking-graph/render/remaining-json.js';
import { renderRemaining } from '../../blocking-graph/render/remaining-text.js';
import type { TextOptions } from '../../blocking-graph/render/text.js';
import type { Snapshot } from '../../blocking-graph/snapshot.js';
import { subtract } from '../../blocking-graph/subtract.js';
import { integer, seconds } from '../arguments.js';
import { loadSnapshot } from '../load-snapshot.js';
import { watch } from '../watch.js';

interface GraphOptions {
  readonly format: Format;
  readonly limit?: number;
  readonly output?: string;
  readonly watch?: number | true;
  readonly diff?: number;
  readonly since?: string;
  readonly remaining?: true;
}

export function graphCommand(): Command {
  return new Command('graph')
    .description('show what the fibers of a program wait for')
    .argument('<target...>', 'process id, socket, or file with a snapshot (- for standard input); several are added up')
    .addOption(new Option('-f, --format <format>', 'what to print').choices(formats).default('text'))
    .option('-n, --limit <n>', 'most nodes to show', integer(1))
    .option('-o, --output <file>', 'write to a file')
    .addOption(
      new Option('-w, --watch [seconds]', 'show again and again, every 2 s unless given; as text')
        .argParser(seconds)
        .conflicts(['output', 'format', 'diff', 'since']),
    )
    .addOption(
      new Option('-d, --diff <seconds>', 'show what happens in this time').argParser(seconds).conflicts('since'),
    )
    .option('-s, --since <file>', 'show what happened since the snapshot in this file')
    .option(
      '-r, --remaining',
      'show what fibers at each node are still going to need: time to the end (T), work (W), when (H), outstanding (Q); as text or json',
    )
    .action(async (targets: string[], options: GraphOptions, command: Command) => {
      if (options.remaining && options.format !== 'text' && options.format !== 'json')
        command.error(`error: option '--remaining' is shown as text or json, not as ${options.format}`, {
          exitCode: 2,
        });
      if (options.watch !== undefined) {
        if (targets.includes('-'))
          command.error("error: option '--watch' looks again and again, and standard input can be read once", {
            exitCode: 2,
          });
        const everySeconds = options.watch === true ? 2 : options.watch;
        return watch(everySeconds, async () =>
          show(await loadAll(targets), options, { ...onScreen(), ...onTerminal(options) }),
        );
      }
      const text = await show(await load(targets, options), options, onTerminal(options));
      if (options.output === undefined) process.stdout.write(text);
      else await write(options.output, text);
    });
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

async function loadAll(targets: readonly string[]): Promise<Snapshot> {
  return add(await Promise.all(targets.map((target) => loadSnapshot(target))));
}

/** A file gets neither colours nor cut lines, and neither does a pipe. */
function onTerminal({ output, limit }: GraphOptions): { width?: number; color?: boolean; limit?: number } {
  const { stdout } = process;
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(stdout.isTTY && output === undefined ? { width: stdout.columns || Infinity, color: stdout.hasColors() } : {}),
  };
}

/** As many nodes as leave room for what stands above and below them. */
function onScreen(): { limit?: number } {
  const { isTTY, rows } = process.stdout;
  return isTTY && rows > 0 ? { limit: Math.max(3, rows - 10) } : {};
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new SnapshotError(`Cannot write ${file}: ${(cause as Error).message}`, { cause });
  }
}
