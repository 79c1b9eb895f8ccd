import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import test from 'ava';
import { doorShape, listed } from '#src/compiler/check/doors.js';
import type { FileFacts } from '#src/compiler/check/file-facts.js';
import { gatherFacts } from '#src/compiler/check/gather-facts.js';
import { operation, type Callable, type Shape } from '#src/compiler/check/shape.js';
import { ShapeFinder } from '#src/compiler/check/shape-finder.js';

/*
 * The list of what makes operations is compared with what the published declarations say. The declarations are read by
 * the same code that reads the types of programs, so this also tests that on all of heddle's own types.
 */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = new Map<string, FileFacts>();

function declarations(file: string): FileFacts | null {
  if (!existsSync(file)) return null;
  let facts = read.get(file);
  if (facts === undefined)
    read.set(file, (facts = gatherFacts(file, parseSync(file, readFileSync(file, 'utf8')).program)));
  return facts;
}

function importedFrom(source: string, from: string): FileFacts | null {
  return source.startsWith('.') ? declarations(resolve(dirname(from), source.replace(/\.js$/, '.d.ts'))) : null;
}

const shapes = new ShapeFinder(importedFrom);

function exportedNames(facts: FileFacts): string[] {
  const others = facts.exports.everythingOf.map((source) => importedFrom(source, facts.file)!);
  return [...facts.exports.named.keys(), ...others.flatMap(exportedNames)];
}

const packageJson = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { types: string }>;
};
/** What people do not import from. */
const TOOLS = ['heddle/compiled', 'heddle/register', 'heddle/plugin', 'heddle/eslint-plugin'];
const doors = Object.entries(packageJson.exports)
  .map(([path, target]) => [`heddle${path.slice(1)}`, target] as const)
  .filter(([door, target]) => typeof target === 'object' && !TOOLS.includes(door))
  .map(([door, target]) => [door, declarations(resolve(ROOT, (target as { types: string }).types))!] as const);

const names = new Map<Shape, string>();
for (const [door, facts] of doors) {
  // What authors of blocking operations build with are no things that programs wait for.
  if (door === 'heddle/lowlevel') continue;
  for (const name of exportedNames(facts)) {
    const shape = shapes.ofExport(facts, name, 'type');
    if (shape?.kind === 'object') names.set(shape, name);
  }
}

/** Every name that any declaration gives a member. */
function memberNames(): Set<string> {
  const found = new Set<string>();
  for (const { file } of read.values())
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/^ {4,8}(?:readonly |get )*(\w+)[?<(:]/gm))
      found.add(name!);
  return found;
}

/** In the notation of the list; empty for what does not lead to operations. */
function notation(shape: Shape, path: readonly Shape[] = []): string {
  switch (shape?.kind) {
    case 'operation': {
      const result = shape.result();
      const argument = ARGUMENTS.findIndex(({ value }) => value === result);
      const inner = argument >= 0 ? `$${argument}` : notation(result, path);
      return inner === '' ? 'Operation' : `Operation<${inner}>`;
    }
    case 'object':
      return names.has(shape) && leads(shape, path) ? names.get(shape)! : '';
    case 'function':
      return [
        given(shape, path),
        notation(
          shape.call((index) => ARGUMENTS[index]?.operation ?? null),
          path,
        ),
      ]
        .filter((part) => part !== '')
        .join(' ');
    default:
      return '';
  }
}

/** Operations whose results can be told from each other: one for each argument. */
const ARGUMENTS = [0, 1, 2].map(() => {
  const value: Shape = { kind: 'object', member: () => null };
  return { value, operation: operation(() => value) };
});

function given(shape: Callable, path: readonly Shape[]): string {
  for (let index = 0; index < 3; index++) {
    const callback = shape.parameter(index);
    const first = callback?.kind === 'function' ? notation(callback.parameter(0), path) : '';
    // A callback that is given a function is written as such by nobody yet.
    if (/^[A-Z]/.test(first) && first !== 'Operation') return `(${first})`;
  }
  return '';
}

const known = new Map<Shape, Record<string, string>>();

function members(shape: Shape & { kind: 'object' }, path: readonly Shape[]): Record<string, string> {
  const found = known.get(shape);
  if (found !== undefined) return found;
  const result: Record<string, string> = {};
  for (const name of [...ALL_MEMBERS].sort()) {
    const one = shape.member(name);
    const text = notation(one, [...path, shape]);
    if (text !== '') result[name] = one?.kind === 'object' ? `= ${text}` : text;
  }
  if (path.length === 0) known.set(shape, result);
  return result;
}

function leads(shape: Shape & { kind: 'object' }, path: readonly Shape[]): boolean {
  return !path.includes(shape) && Object.keys(members(shape, path)).length > 0;
}

const ALL_MEMBERS = memberNames();

test('the list names every export that makes operations, and no other', (t) => {
  t.true(doors.length >= 11, 'the doors were not read');
  const declared = Object.fromEntries(
    doors.map(([door, facts]) => [
      door,
      Object.fromEntries(
        exportedNames(facts)
          .sort()
          .map((name) => [name, notation(shapes.ofExport(facts, name, 'value'))])
          .filter(([, text]) => text !== ''),
      ),
    ]),
  );
  t.deepEqual(listed.values, declared);
});

test('the list has every member that makes operations, and no other', (t) => {
  const declared: Record<string, Record<string, string>> = {};
  for (const [shape, name] of names) {
    const found = members(shape as Shape & { kind: 'object' }, []);
    if (Object.keys(found).length > 0) declared[name] = found;
  }
  t.deepEqual(listed.types, declared);
});

test('what the list calls an operation is one when it is called', async (t) => {
  const { isOperation } = await import('#src/fibers/foreign-yield.js');
  const heddle = (await import('heddle')) as unknown as Record<string, (...args: unknown[]) => unknown>;
  const noop = function* (): Generator {};
  const args: Record<string, unknown[]> = {
    abortable: [noop],
    all: [[]],
    call: [noop],
    channel: [1],
    gate: [{ name: 'gate', goal: 1 }],
    moveOnAfter: [1, noop()],
    moveOnAt: [1, noop()],
    race: [[]],
    resource: ['resource', { capacity: 1 }],
    scope: [noop],
    semaphore: [1],
    select: [{ a: heddle['sleep']!(1) }],
    shield: [heddle['sleep']!(1)],
    sleep: [1],
    sleepUntil: [1],
    spawn: [noop],
    spawnDaemon: [noop],
    until: [Promise.resolve()],
    withTimeout: [1, noop()],
    withTimeoutAt: [1, noop()],
  };
  const { run } = await import('heddle');
  // oxlint-disable-next-line require-yield
  await run(function* () {
    for (const [name, text] of Object.entries(listed.values['heddle']!)) {
      const made = heddle[name]!(...(args[name] ?? []));
      t.is(isOperation(made), text.includes('Operation'), name);
      t.is(doorShape('heddle', name, 'value')?.kind, 'function');
    }
  });
});
