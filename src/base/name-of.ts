/** The name of a function, or `nameless` if it has none or throws when asked: this runs while fibers start. */
export function nameOf(f: Function, nameless: string = 'anonymous'): string {
  try {
    const { name } = f;
    if (typeof name === 'string' && name !== '') return name;
  } catch {
    // A proxy, or a getter.
  }
  return nameless;
}
