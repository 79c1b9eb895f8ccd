import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Length of a module (characters) and how it is filled: in every other one a function in five is made for fibers. */
const LENGTH = 10_000;
const EVERY_OTHER = 2;
const IN_FIVE = 5;

/** By the end of the names of its files. */
export type Language = 'mjs' | 'mts';

/**
 * Writes a program that imports heddle and `count` modules, each of which imports two others: what a server's own code is to
 * the loader. Its packages are left out; they take the same time with a loader and without.
 *
 * @returns the file to start
 */
export function writeProgramOfModules(directory: string, count: number, language: Language): string {
  mkdirSync(directory, { recursive: true });
  for (let n = 0; n < count; n++) writeFileSync(join(directory, `m${n}.${language}`), moduleText(n, language));
  const imports = Array.from({ length: count }, (_, n) => `import './m${n}.${language}';\n`);
  const file = join(directory, `app.${language}`);
  writeFileSync(file, `import ${JSON.stringify(import.meta.resolve('heddle'))};\n${imports.join('')}`);
  return file;
}

function moduleText(n: number, language: Language): string {
  // The same code, with its types or without.
  const type = (text: string): string => (language === 'mts' ? text : '');
  let text = n < 2 ? '' : `import './m${n - 1}.${language}';\nimport './m${n >> 1}.${language}';\n`;
  text += type(declarations);
  for (let i = 0; text.length < LENGTH; i++)
    text += n % EVERY_OTHER === 0 && i % IN_FIVE === 0 ? fiberCode(i, type) : plain(i, type);
  return text;
}

type Typed = (text: string) => string;

const declarations = `
interface Entry { readonly name?: string; readonly size?: number; readonly tags?: readonly string[] }
interface Verdict { readonly name: string; readonly verdict: 'large' | 'self' | 'tagged' | 'plain'; readonly by: number }
type Waiting<T> = Generator<unknown, T, never>;
interface Request { readonly key: string }
interface Connection { read(): Waiting<Request | null>; write(answer: object): Waiting<void> }
interface Store { get(key: string): Waiting<{ readonly value: string } | null> }
`;

function plain(i: number, type: Typed): string {
  return `
/** Looks at one entry, and says what should be done about it. */
export function inspect${i}(entry${type(': Entry')}, limits${type(': Partial<Entry>')} = {})${type(': Verdict')} {
  const { name = 'unnamed', size = 0, tags = [] } = entry;
  if (size > (limits.size ?? 1024 * ${i + 1})) return { name, verdict: 'large', by: size - 1024 };
  const found = tags.filter((tag) => tag.startsWith('x-')).map((tag) => tag.slice(2));
  for (const one of found) if (one === name) return { name, verdict: 'self', by: 0 };
  return { name, verdict: found.length > 0 ? 'tagged' : 'plain', by: found.length };
}
`;
}

function fiberCode(i: number, type: Typed): string {
  return `
/** Serves one client: reads its requests and answers each of them in order. */
export function* serve${i}(connection${type(': Connection')}, store${type(': Store')})${type(': Waiting<number>')} {
  let count = 0;
  for (;;) {
    const request = yield* connection.read();
    if (request === null) return count;
    const found = yield* lookUp${i}(store, request.key);
    if (found === undefined) yield* connection.write({ status: 404, key: request.key });
    else yield* connection.write({ status: 200, body: found });
    count += 1;
  }
}
function* lookUp${i}(store${type(': Store')}, key${type(': string')})${type(': Waiting<string | undefined>')} {
  const row = yield* store.get(key);
  return row === null ? undefined : row.value;
}
`;
}
