/** Whether `for…of` goes through `iterable`, whose `Symbol.iterator` is `method`, by index, and nothing else shows. */
export function isPlainArray<T>(iterable: Iterable<T>, method: unknown): iterable is readonly T[] {
  // Whatever has them: subclasses and proxies too.
  return method === arrayValues && Array.isArray(iterable) && isPristine();
}

/** Nobody has changed how arrays are iterated. */
function isPristine(): boolean {
  return arrayIterators.next === arrayNext && arrayIterators.return === undefined;
}

const arrayIterators = Object.getPrototypeOf([].values()) as Iterator<unknown>;
const { next: arrayNext } = arrayIterators;
/** The engine's own; something that no array has where a program had put another in its place before heddle was loaded. */
const arrayValues: unknown = [Array.prototype.values, arrayNext].every(isNative) ? Array.prototype.values : Symbol();

function isNative(f: Function): boolean {
  return Function.prototype.toString.call(f).includes('[native code]');
}
