/**
 * Where in the text of the program the callers of `callee` stand, nearest first, at most `most` of them: script and
 * offset, to be compared; null for functions of the engine. Empty where it does not say. Costs a microsecond or more.
 *
 * In V8 a frame that is inside of `yield* f(x)` stands at the same offset while it evaluates the call and while it
 * delegates to what came of it, and at no other consumer of an iterator is that offset the same.
 */
export function callerPlaces(callee: Function, most: number): (string | null)[] {
  const { stackTraceLimit, prepareStackTrace } = Error;
  try {
    const holder: { stack?: readonly NodeJS.CallSite[] } = {};
    Error.stackTraceLimit = most;
    Error.prepareStackTrace = (_error, frames) => frames;
    Error.captureStackTrace(holder, callee);
    return holder.stack!.map(placeOf);
  } catch {
    // Frozen intrinsics.
    return [];
  } finally {
    restore('stackTraceLimit', stackTraceLimit);
    restore('prepareStackTrace', prepareStackTrace);
  }
}

function placeOf(frame: NodeJS.CallSite): string | null {
  const script = frame.getScriptNameOrSourceURL();
  const offset = frame.getPosition();
  return offset === 0 && !script ? null : `${script}:${offset}`;
}

function restore(key: 'stackTraceLimit' | 'prepareStackTrace', value: unknown): void {
  try {
    (Error as unknown as Record<string, unknown>)[key] = value;
  } catch {
    // Could not be set either.
  }
}
