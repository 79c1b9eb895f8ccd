/** The name of a function, also of one that has none, or throws when it is asked for it: it is asked while fibers start. */
export function nameOf(f: Function, nameless: string = 'anonymous'): string {
  try {
    const { name } = f;
    if (typeof name === 'string' && name !== '') return name;
  } catch {
    // A proxy, or a getter.
  }
  return nameless;
}
