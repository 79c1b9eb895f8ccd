import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/** Whether `AsyncLocalStorage.enterWith` was called since somebody last looked. */
export const entering: { entered: boolean } = { entered: false };

/**
 * Watches `enterWith`, which also `withScope` and some libraries' tracing go through, where a resource does not keep what
 * was entered in it (Node 24 and later). There is no other way to learn of it but to remember everything anew after
 * each run of a fiber, which costs another 30 ns a switch; wrapping one method of Node's is the lesser evil.
 */
export function watchEntering(): void {
  if (resourcesKeepStores()) return;
  const { enterWith } = AsyncLocalStorage.prototype;
  AsyncLocalStorage.prototype.enterWith = {
    enterWith(this: AsyncLocalStorage<unknown>, store: unknown): void {
      entering.entered = true;
      enterWith.call(this, store);
    },
  }.enterWith;
}

/** By what it does, not by the version: Node 24 can be told to work as before, and Node 22 to work like 24. */
function resourcesKeepStores(): boolean {
  const storage = new AsyncLocalStorage<boolean>();
  const resource = new AsyncResource('heddle.probe', { requireManualDestroy: true });
  resource.runInAsyncScope(() => storage.enterWith(true));
  const kept = resource.runInAsyncScope(() => storage.getStore()) === true;
  // A storage in use makes every promise more expensive, where promises are hooked.
  storage.disable();
  resource.emitDestroy();
  return kept;
}
