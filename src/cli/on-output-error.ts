/**
 * For the errors of standard output: `heddle graph … | head` closes the pipe early, which is no error. A program that is
 * run is not to be ended by it: what becomes of its output is its own business.
 */
export function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  console.error(`heddle: Cannot write to standard output: ${error.message}`);
  process.exit(1);
}
