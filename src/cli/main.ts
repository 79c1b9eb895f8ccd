#!/usr/bin/env node
import { CommanderError } from 'commander';
import { printable } from '../blocking-graph/render/format.js';
import { onOutputError } from './on-output-error.js';
import { makeProgram } from './program.js';

process.stdout.on('error', onOutputError);

try {
  await makeProgram().parseAsync();
} catch (error) {
  // Commander has printed its own errors. Failures that heddle expects are told in one line. The rest is a bug, or an error
  // of the program: Node shows it as it would without heddle, a syntax error with its place.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (isExpected(error)) {
    // The message may quote what a file holds, control characters included.
    console.error(`heddle: ${printable(error.message, Infinity)}`);
    process.exitCode = 1;
  } else throw error;
}

/** By its code, since an error that comes from another thread has lost its class. */
function isExpected(error: unknown): error is Error {
  return error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith('ERR_HEDDLE_');
}
