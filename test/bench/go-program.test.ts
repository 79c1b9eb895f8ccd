import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { loadBenchmark } from '../../bench/harness/catalogue.js';
import { Context } from '../../bench/harness/context.js';
import { blockBytes } from '../../bench/harness/large-file.js';

/** A program in place of the Go peers, which answers on how many processors it may run; 0: on all. */
const program = '#!/bin/sh\necho "${GOMAXPROCS:-0}"\n';

test('Go has one processor as Node has, and all of them where Node reads files in threads on all of them', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-bench-go-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'peers'), program);
  chmodSync(join(directory, 'peers'), 0o755);
  writeFileSync(join(directory, 'blocks'), Buffer.alloc(blockBytes));
  process.env['HEDDLE_BENCH_GO'] = join(directory, 'peers');
  process.env['HEDDLE_BENCH_DIRECTORY'] = directory;
  const processors = async (name: string) => (await loadBenchmark(name)).subjects.go!(1, new Context(name, 'smoke'));
  t.is(await processors('switch'), 1);
  t.is(await processors('disk-cached'), 0);
});
