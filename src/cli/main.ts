#!/usr/bin/env node
import { CommanderError } from 'commander';
import { printable } from '../blocking-graph/render/format.js';
import { onOutputError } from './on-output-error.js';
import { makeProgram } from './program.js';

process.stdout.on('error', onOutputError);

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
