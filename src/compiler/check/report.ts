import { applyFixes } from './apply-fixes.js';
import { codeFrame } from './code-frame.js';
import type { Edit, FindingKind } from './finding.js';
import { LineTable } from '../line-table.js';
import type { CheckedFile, Project } from './project.js';

/** A finding as people and other programs read it: lines and columns count from 1, and the code around it is included. */
export interface ReportedFinding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly kind: FindingKind | 'syntax';
  readonly message: string;
  readonly fix: readonly Edit[] | null;
  readonly frame: string;
}

export interface CheckReport {
  readonly files: number;
  /** How many findings were fixed. */
  readonly fixed: number;
  readonly findings: readonly ReportedFinding[];
}

export interface CheckOutcome {
  readonly report: CheckReport;
  /** The new texts of files that fixes have changed. */
  readonly changed: ReadonlyMap<string, string>;
}

/** Checks files of a project and reports what is found. */
export function report(project: Project, files: readonly string[]): CheckReport {
  return { files: files.length, fixed: 0, findings: project.check(files).flatMap(reported) };
}

/**
 * Fixes what can be fixed, and reports the rest. A fix can uncover more (`const server = yield* listen(…)` tells what
 * `server` is), so it is repeated until nothing changes.
 */
export function fix(project: Project, files: readonly string[]): CheckOutcome {
  let fixed = 0;
  const changed = new Map<string, string>();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let applied = 0;
    for (const { file, text, findings } of project.check(files)) {
      const result = applyFixes(
        text,
        findings.map((one) => one.fix ?? []).filter((edits) => edits.length > 0),
      );
      if (result.applied === 0) continue;
      project.set(file, result.text);
      changed.set(file, result.text);
      applied += result.applied;
    }
    if (applied === 0) break;
    fixed += applied;
  }
  return { report: { ...report(project, files), fixed }, changed };
}

/** Far more than any chain of slips needs; a bound in case two fixes undo each other. */
const MOST_ROUNDS = 20;

function reported({ file, text, findings, problem }: CheckedFile): ReportedFinding[] {
  const all = [
    ...(problem === null ? [] : [{ ...problem, kind: 'syntax' as const, end: problem.start + 1, fix: null }]),
    ...findings,
  ];
  if (all.length === 0) return [];
  const lines = new LineTable(text);
  return all.map(({ start, end, kind, message, fix: edits }) => {
    const [from, to] = [lines.at(start), lines.at(end)];
    const place = { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
    return { file, ...place, kind, message, fix: edits, frame: codeFrame(lines, from, to) };
  });
}
