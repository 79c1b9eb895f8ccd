import { findGenerators } from './find-generators.js';
import type { Loop, Site, Verdict } from './generator-function.js';
import { isCompiled } from './is-compiled.js';
import { LineTable, type Position } from './line-table.js';
import { parse, type ParseOptions } from './parse.js';
import { calleeText } from './short-text.js';

/** What the compiler makes of a generator function, as plain data. Lines and columns count from 1. */
export interface ExplainedFunction extends Position {
  /** Declared or inferred (`Server.accept`); `anonymous` where it has none. */
  readonly name: string;
  /** Only fibers are compiled. */
  readonly verdict: 'fiber' | 'data' | 'nothing to do' | 'left alone';
  /** Why; one sentence. */
  readonly reason: string;
  readonly sites: readonly ExplainedSite[];
  readonly loops: readonly ExplainedLoop[];
}

/** A `yield*`, with the text of what it calls. */
export interface ExplainedSite extends Position {
  readonly callee: string;
}

export interface ExplainedLoop extends Position {
  readonly keyword: Loop['keyword'];
}

/**
 * What the compiler makes of each generator function of a file, in source order, including those that it leaves alone.
 *
 * @throws CompileError if the source cannot be parsed; MissingBindingError if no parser on this machine can read it
 */
export function explain(source: string, options: ParseOptions): ExplainedFunction[] {
  const text = source.replace(/^\ufeff/, '');
  const lines = new LineTable(text);
  const program = parse(text, options);
  const isOurs = isCompiled(program, text);
  return findGenerators(program, text).map(({ name, start, verdict: own, points }) => {
    const verdict = own === 'fiber' && isOurs ? 'compiled' : own;
    return {
      name,
      ...lines.at(start),
      verdict: LEFT_ALONE.has(verdict) ? 'left alone' : (verdict as ExplainedFunction['verdict']),
      reason: REASONS[verdict],
      sites: points.filter(isSite).map((site) => ({ ...lines.at(site.start), callee: calleeText(text, site) })),
      loops: points.filter(isLoop).map(({ start: at, keyword }) => ({ ...lines.at(at), keyword })),
    };
  });
}

function isSite(point: Site | Loop): point is Site {
  return point.kind === 'site';
}

function isLoop(point: Site | Loop): point is Loop {
  return point.kind === 'loop';
}

const LEFT_ALONE: ReadonlySet<keyof typeof REASONS> = new Set(['async', 'with', 'eval', 'compiled']);

const REASONS: Record<Verdict | 'compiled', string> = {
  fiber: 'its sites are named and are checkpoints, its loops give way',
  data: 'it has a bare `yield`, so it makes data for whoever iterates over it',
  'nothing to do': 'it has neither a `yield*` nor a loop',
  async: 'an async generator is driven by promises, never by a fiber',
  with: 'the object of a `with` statement could catch the names that the compiler puts in',
  eval: 'a direct `eval` could see and change the names that the compiler puts in',
  compiled: 'it is compiled already: its file imports `heddle/compiled`',
};
