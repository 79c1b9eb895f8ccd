/**
 * How `console.log` and debuggers print the objects of a class: by a name and some facts. Otherwise they would print the whole
 * runtime that each object refers to. Costs an object nothing, and is not in the types.
 */
export function printAs<T>(type: { readonly prototype: T }, name: string, facts: (one: T) => object): void {
  Object.defineProperty(type.prototype, CUSTOM, {
    value(this: T, depth: number, options: object, inspect: (value: object, options: object) => string): string {
      return depth < 0 ? `[${name}]` : `${name} ${inspect(facts(this), options)}`;
    },
  });
}

/** `util.inspect.custom`: looked up by its name, so that nothing of Node's has to be imported. */
const CUSTOM = Symbol.for('nodejs.util.inspect.custom');
