import { inspect } from 'node:util';
import { complain } from './complain.js';

/** Prints an error that nobody else is told of, after `subject`, what it happened to. One that was printed just now is counted. */
export function printError(error: unknown, subject: string | null = null): void {
  // The first argument is a format, in which a `%` of a path would consume the error.
  const print = (): void => (subject === null ? console.error(error) : console.error('%s:', subject, error));
  let text: string;
  try {
    text = inspect(error);
  } catch {
    // It throws when it is looked at: the caller learns so from `console.error`.
    return print();
  }
  complain(text, print, subject);
}
