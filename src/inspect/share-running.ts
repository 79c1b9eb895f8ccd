/** A function that calls `f`, or, while a call is under way, returns the promise of that one. */
export function shareRunning<T>(f: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => {
    running ??= f().finally(() => {
      running = null;
    });
    return running;
  };
}
