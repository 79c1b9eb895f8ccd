/**
 * The stack, in MB, of threads that parse.
 *
 * The parser recurses for each level of nesting and each term of a sum, and overflows its stack unchecked, which kills the
 * process: with the usual 4 MB at 2,500 brackets or 30,000 terms, though Node runs the latter. A bracket takes up to 1.6 KB, and
 * texts with too many of them are not parsed (`bracketProblem`); with this stack that are 128,000. Nothing else takes more than
 * 0.8 KB per character, so that a text of 300,000 characters does not overflow it. Only the part that is used takes memory,
 * but the system may refuse to reserve more than the machine has.
 */
export const PARSER_STACK_MB = 256;
