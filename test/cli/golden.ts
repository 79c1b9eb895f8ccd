import { readFileSync, writeFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';

const directory = new URL('../../../test/golden/', import.meta.url);

/** Compares with a file of test/golden; with UPDATE_GOLDEN=1 in the environment the file is written anew. */
export function matchesGolden(t: ExecutionContext, name: string, text: string): void {
  const file = new URL(name, directory);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  t.is(text, readFileSync(file, 'utf8'), `differs from test/golden/${name}; UPDATE_GOLDEN=1 accepts it`);
}

/** The path of a file of test/fixtures. */
export function fixture(name: string): string {
  return new URL(`../../../test/fixtures/${name}`, import.meta.url).pathname;
}
