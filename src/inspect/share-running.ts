/** Calls `f` unless a call of it is under way, and then waits for that one: whoever comes meanwhile shares the result. */
export function shareRunning<T>(f: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => {
    running ??= f().finally(() => {
      running = null;
    });
    return running;
  };
}
