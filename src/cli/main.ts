#!/usr/bin/env node
import { CommanderError } from 'commander';
import { printable } from '../blocking-graph/render/format.js';
import { makeProgram } from './program.js';

// `heddle graph … | head` closes the pipe early; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  console.error(`heddle: Cannot write to standard output: ${error.message}`);
  process.exit(1);
});

try {
  await makeProgram().parseAsync();
} catch (error) {
  // Commander has printed its own; what heddle expects to go wrong is said in one line; the rest is a bug, or the
  // program's: Node shows it as it would without heddle, a syntax error with its place.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (isExpected(error)) {
    // In it may be what a file holds.
    console.error(`heddle: ${printable(error.message, Infinity)}`);
    process.exitCode = 1;
  } else throw error;
}

/** By its code: one that comes from another thread is of no class of ours. */
function isExpected(error: unknown): error is Error {
  return error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith('ERR_HEDDLE_');
}
