/** Whether `for…of` goes through `iterable`, whose `Symbol.iterator` is `method`, by index, and nothing else shows. */
export function isPlainArray<T>(iterable: Iterable<T>, method: unknown): iterable is readonly T[] {
  // Whatever has them: subclasses and proxies too.
  return method === arrayValues && Array.isArray(iterable) && isPristine();
}

/** Nobody has changed how arrays are iterated. */
function isPristine(): boolean {
  return arrayIterators.next === arrayNext && arrayIterators.return === undefined;
}

const arrayValues = Array.prototype.values;
const arrayIterators = Object.getPrototypeOf([].values()) as Iterator<unknown>;
const { next: arrayNext } = arrayIterators;
