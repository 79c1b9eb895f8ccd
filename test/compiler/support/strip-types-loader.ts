import swc from '@swc/wasm-typescript';

interface LoaderContext {
  readonly resourcePath: string;
  callback(error: Error | null, code?: string, map?: unknown): void;
}

/** A loader for webpack that blanks types out, so that every position stays what it was. */
// oxlint-disable-next-line import/no-default-export -- what webpack loads.
export default function stripTypes(this: LoaderContext, code: string, map: unknown): void {
  this.callback(null, swc.transformSync(code, { mode: 'strip-only' }).code, map);
}
