const pageSize = 4096;

/** `bytes` outside of V8's heap, written to, so that the system has to find the pages. */
export function buildBuffer(bytes: number): Buffer {
  return Buffer.alloc(bytes, 1);
}

/** Reads a byte of every page. */
export function touchBuffer(buffer: Buffer): number {
  let sum = 0;
  for (let at = 0; at < buffer.length; at += pageSize) sum += buffer[at]!;
  return sum;
}
