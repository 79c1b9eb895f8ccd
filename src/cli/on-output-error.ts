/**
 * Handles errors of standard output: `heddle graph … | head` closes the pipe early, which is not an error. `heddle run`
 * removes this handler, since what becomes of a program's output is the program's own business.
 */
export function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  console.error(`heddle: Cannot write to standard output: ${error.message}`);
  process.exit(1);
}
