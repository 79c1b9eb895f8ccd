import { isUtf8 } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { ArgumentError } from '../../base/errors.js';
import type { CheckReport, ReportedFinding } from '../../compiler/check/report.js';
import { reportText } from '../report-text.js';
import { findSources } from '../find-sources.js';
import { notSource } from '../not-source.js';
import { notUtf8 } from '../not-utf8.js';
import { readSource } from '../read-source.js';

interface CheckOptions {
  readonly fix?: boolean;
  readonly json?: boolean;
}

export function checkCommand(): Command {
  const command = new Command('check')
    .description('find operations that are made and never run: a forgotten yield*')
    .argument('[files...]', 'files and directories; the current directory unless given')
    .option('--fix', 'put in the yield* where it is missing')
    .option('--json', 'print the findings as JSON')
    .action(async (paths: string[], options: CheckOptions) => {
      const report = await check(command, paths, options.fix === true).catch((error) => refuse(command, error));
      if (options.json === true) process.stdout.write(`${json(report)}\n`);
      else process.stdout.write(reportText(report, process.stdout.isTTY && process.stdout.hasColors()));
      if (report.findings.length > 0) process.exitCode = 1;
    });
  return command;
}

/**
 * Exit code 1 means findings. So missing or unusable paths, and a missing parser for this machine, are reported like wrong
 * usage, with exit code 2.
 */
function refuse(command: Command, error: unknown): never {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof ArgumentError || syscall !== undefined || code === 'ERR_HEDDLE_MISSING_BINDING')
    command.error(`error: ${message}`);
  throw error;
}

async function check(command: Command, paths: readonly string[], fixing: boolean): Promise<CheckReport> {
  const files = findSources(paths.length === 0 ? ['.'] : paths);
  if (files.length === 0)
    command.error(`error: there are no JavaScript or TypeScript files in ${paths.join(', ') || '.'}`);
  const texts = new Map<string, string>();
  const unknown: ReportedFinding[] = [];
  for (const file of files) {
    const bytes = readSource(file);
    if (isUtf8(bytes)) texts.set(file, bytes.toString());
    else unknown.push(await notUtf8(file, bytes));
  }
  const { inDeepThread } = await import('../../compiler/deep-thread.js');
  const { report, changed } = await inDeepThread('check', texts, fixing);
  const findings = [...report.findings, ...unknown].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  for (const { kind, file } of findings) {
    const error = kind === 'syntax' ? notSource(file) : null;
    if (error !== null) throw error;
  }
  for (const [file, text] of changed) writeFileSync(file, text);
  return { ...report, files: files.length, findings };
}

function json({ files, fixed, findings }: CheckReport): string {
  const plain = findings.map(({ frame: _frame, ...finding }) => finding);
  return JSON.stringify({ format: 'heddle.check', version: 1, files, fixed, findings: plain }, null, 2);
}
