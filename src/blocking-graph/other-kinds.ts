/** The common name of all kinds of work beyond the number that an entry distinguishes. */
export const OTHER_KINDS = '(others)';
