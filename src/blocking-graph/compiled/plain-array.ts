/** Whether reading `iterable`, whose `Symbol.iterator` is `method`, by index cannot be told from `for…of` over it. */
export function isPlainArray<T>(iterable: Iterable<T>, method: unknown): iterable is readonly T[] {
  // Subclasses and proxies qualify too, if they inherit the method.
  return method === arrayValues && Array.isArray(iterable) && isPristine();
}

/** Whether the program has left the iteration of arrays unpatched. */
function isPristine(): boolean {
  return arrayIterators.next === arrayNext && arrayIterators.return === undefined;
}

const arrayIterators = Object.getPrototypeOf([].values()) as Iterator<unknown>;
const { next: arrayNext } = arrayIterators;
/** The engine's own `values`; if a program had replaced it before heddle was loaded, a symbol, which equals no method. */
const arrayValues: unknown = [Array.prototype.values, arrayNext].every(isNative) ? Array.prototype.values : Symbol();

function isNative(f: Function): boolean {
  return Function.prototype.toString.call(f).includes('[native code]');
}
