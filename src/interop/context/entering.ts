import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/** Whether `AsyncLocalStorage.enterWith` was called since the flag was last reset. */
export const entering: { entered: boolean } = { entered: false };

/**
 * Watches `enterWith`, which `withScope` and the tracing of some libraries also use, if a resource does not keep stores that
 * are entered in it (Node 24 and later). The alternative is to capture all stores after each run of a fiber, which costs
 * another 30 ns a switch; patching one method of Node's is the lesser evil.
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

/** Tests the behaviour, not the version: flags make Node 24 behave as before, and Node 22 like 24. */
function resourcesKeepStores(): boolean {
  const storage = new AsyncLocalStorage<boolean>();
  const resource = new AsyncResource('heddle.probe', { requireManualDestroy: true });
  resource.runInAsyncScope(() => storage.enterWith(true));
  const kept = resource.runInAsyncScope(() => storage.getStore()) === true;
  // While a storage is enabled, promises may be hooked, which makes each one slower.
  storage.disable();
  resource.emitDestroy();
  return kept;
}
