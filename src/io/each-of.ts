import { checkFunction } from '../base/check.js';
import { checkDropped } from '../fibers/never-run.js';
import type { Operation } from '../fibers/operation.js';
import { checkOperation, inSegment } from '../fibers/segment.js';

/** What is done with each item: an operation, or a plain function. */
export type Body<T> = (item: T) => Operation<unknown> | void;

/** Reads `source` to its end and runs `body` for each item, one after another. */
export function* eachOf<T>(source: { read(): Operation<T | null> }, body: Body<T>): Operation<void> {
  checkFunction('body', body);
  for (let item = yield* source.read(); item !== null; item = yield* source.read()) {
    const work = body(item);
    if (work !== undefined) checkDropped(yield* inSegment(checkOperation(work, body)), body);
  }
}
