/**
 * The stack, in MB, of threads that parse.
 *
 * The parser calls itself for each level of a text and each term of a sum, and overruns its stack without a word, which ends
 * the process: with the usual 4 MB at 2,500 brackets or 30,000 terms, where Node runs the latter. No construct takes more than
 * 0.8 KB for a character, so that with this much no text of 300,000 characters can, and a longer one only if it is nested 170,000
 * levels deep. Only what is used of it takes memory, but the system may refuse more than the machine has.
 */
export const PARSER_STACK_MB = 256;
