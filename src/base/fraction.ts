/**
 * Zero, for a field that will hold fractions. V8 keeps it as a double from the start. A field that begins as 0 is one of small
 * integers, and its first fraction gives the class a new shape: fields that hold such objects are then no longer known to
 * hold just these, and code checks them at every use.
 */
export const FRACTION: number = -0;
