import { readFileSync, statSync } from 'node:fs';

/** Reads a file as text. A pipe or a device is refused: nobody may ever write to it, or it may have no end. */
export function readText(file: string | URL): string {
  if (!statSync(file).isFile()) throw new Error(`${String(file)} is no file`);
  return readFileSync(file, 'utf8');
}
