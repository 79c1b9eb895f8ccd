import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Length of a module (characters) and how it is filled: in every other one a function in five is made for fibers. */
const LENGTH = 10_000;
const EVERY_OTHER = 2;
const IN_FIVE = 5;

/**
 * Writes a program that imports heddle and `count` modules, each of which imports two others: what a server's own code is to
 * the loader. Its packages are left out; they take the same time with the compiler and without.
 *
 * @returns the file to start
 */
export function writeProgramOfModules(directory: string, count: number): string {
  mkdirSync(directory, { recursive: true });
  for (let n = 0; n < count; n++) writeFileSync(join(directory, `m${n}.mjs`), moduleText(n));
  const imports = Array.from({ length: count }, (_, n) => `import './m${n}.mjs';\n`);
  const file = join(directory, 'app.mjs');
  writeFileSync(file, `import ${JSON.stringify(import.meta.resolve('heddle'))};\n${imports.join('')}`);
  return file;
}

function moduleText(n: number): string {
  let text = n < 2 ? '' : `import './m${n - 1}.mjs';\nimport './m${n >> 1}.mjs';\n`;
  for (let i = 0; text.length < LENGTH; i++)
    text += n % EVERY_OTHER === 0 && i % IN_FIVE === 0 ? fiberCode(i) : plain(i);
  return text;
}

function plain(i: number): string {
  return `
/** Looks at one entry, and says what should be done about it. */
export function inspect${i}(entry, limits = {}) {
  const { name = 'unnamed', size = 0, tags = [] } = entry;
  if (size > (limits.size ?? 1024 * ${i + 1})) return { name, verdict: 'large', by: size - 1024 };
  const found = tags.filter((tag) => tag.startsWith('x-')).map((tag) => tag.slice(2));
  for (const one of found) if (one === name) return { name, verdict: 'self', by: 0 };
  return { name, verdict: found.length > 0 ? 'tagged' : 'plain', by: found.length };
}
`;
}

function fiberCode(i: number): string {
  return `
/** Serves one client: reads its requests and answers each of them in order. */
export function* serve${i}(connection, store) {
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
function* lookUp${i}(store, key) {
  const row = yield* store.get(key);
  return row === null ? undefined : row.value;
}
`;
}
