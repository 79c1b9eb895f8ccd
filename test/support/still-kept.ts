import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How many of `objects` are left after some collections. */
export async function stillKept(objects: readonly WeakRef<object>[]): Promise<number> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let i = 0; i < 5; i++) {
    await new Promise(setImmediate);
    gc();
  }
  return objects.filter((one) => one.deref() !== undefined).length;
}
