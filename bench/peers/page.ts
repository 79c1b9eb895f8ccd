/** What every server of the benchmarks about HTTP answers with: 8 KB from memory. */
export const page: Buffer = Buffer.alloc(8192, 'x');

export const pageHeaders = { 'content-type': 'text/plain', 'content-length': String(page.length) } as const;

/**
 * How many connections the kernel keeps for a server until it accepts them, the same for all: it is Go's. With less room
 * clients that connect at once would try again a second later.
 */
export const backlog = 4096;
