/** As `JSON.parse`, but skips a byte order mark at the beginning, as `Response.json()` does: some clients send one. */
export function parseJson(source: string): unknown {
  return JSON.parse(source.startsWith(BYTE_ORDER_MARK) ? source.slice(1) : source);
}

const BYTE_ORDER_MARK = '\ufeff';
