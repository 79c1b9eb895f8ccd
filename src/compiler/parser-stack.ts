/**
 * The stack, in MB, of threads that parse.
 *
 * The parser recurses for each level of nesting and each term of a sum, and overflows its stack unchecked, which kills the
 * process: with the usual 4 MB at 2,500 brackets or 30,000 terms, though Node runs the latter. No construct takes more than
 * 0.8 KB per character. With this stack, then, no text of 300,000 characters overflows it, and a longer one only if it is
 * nested 170,000 levels deep. Only the part that is used takes memory, but the system may refuse to reserve more than the
 * machine has.
 */
export const PARSER_STACK_MB = 256;
