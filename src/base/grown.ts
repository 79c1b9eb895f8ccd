/** `array`, or, if that is too small, a larger one with the same numbers followed by zeros. */
export function grown(array: Float64Array, size: number): Float64Array {
  if (array.length >= size) return array;
  const larger = new Float64Array(Math.max(size, 2 * array.length));
  larger.set(array);
  return larger;
}
