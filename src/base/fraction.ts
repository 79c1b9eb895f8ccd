/**
 * Zero, for a field that will hold fractions: V8 stores it as a double from the start. A field that begins as 0 is typed as a
 * small integer, and its first fraction changes the shape of the class: code then no longer relies on the shape of objects in
 * fields that refer to it, and checks it at every use.
 */
export const FRACTION: number = -0;
