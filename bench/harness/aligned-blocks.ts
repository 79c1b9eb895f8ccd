import { blockBytes } from './large-file.js';

/** What TypeScript knows of it only together with the whole browser. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};

const pageBytes = 65_536;

/**
 * Memory for `count` blocks that `O_DIRECT` accepts. Only WebAssembly's begins at a
 * page's boundary: a large `Buffer` lies 16 bytes behind one.
 */
export function alignedBlocks(count: number): Uint8Array[] {
  const { buffer } = new WebAssembly.Memory({
    initial: Math.ceil((count * blockBytes) / pageBytes),
  });
  return Array.from({ length: count }, (_, index) => new Uint8Array(buffer, index * blockBytes, blockBytes));
}
