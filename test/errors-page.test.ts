import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';

/** Each class of errors in the source, with its code, or else that of the class it extends. */
function classesOfErrors(): string[] {
  const found = new Map<string, { readonly parent: string; readonly code: string | undefined }>();
  for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')))
    for (const [, name, parent, body] of readFileSync(join('src', file), 'utf8').matchAll(CLASS))
      found.set(name!, { parent: parent!, code: CODE.exec(body!)?.[1] });
  const codeOf = (name: string): string => found.get(name)!.code ?? codeOf(found.get(name)!.parent);
  return Array.from(found.keys(), (name) => `${name} ${codeOf(name)}`).sort();
}

/** A class that extends an error. The first line that begins with a brace ends it. */
const CLASS = /^export class (\w+) extends (\w+Error) \{$(.*?)^\}/gms;
const CODE = /code = '(\w+)'/;

test('docs/errors.md has every class of errors, with its code', (t) => {
  const rows = readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `(\w+)` \| `(\w+)` \|/gm);
  t.deepEqual(Array.from(rows, ([, name, code]) => `${name} ${code}`).sort(), classesOfErrors());
});
