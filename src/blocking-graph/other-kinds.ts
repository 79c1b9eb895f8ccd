/** What work is called whose kind came when so many others had come that it is not told apart from its like. */
export const OTHER_KINDS = '(others)';
