/**
 * As `JSON.parse`, but a byte order mark before the body is no part of it: some clients send one, and the decoders of the web
 * (`Response.json()`) pass over it.
 */
export function parseJson(source: string): unknown {
  return JSON.parse(source.startsWith(BYTE_ORDER_MARK) ? source.slice(1) : source);
}

const BYTE_ORDER_MARK = '\ufeff';
