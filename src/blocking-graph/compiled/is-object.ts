/** Whether a value is an object in the sense of ECMAScript, which includes functions. */
export function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
