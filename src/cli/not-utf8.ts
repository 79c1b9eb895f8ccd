import type { ReportedFinding } from '../compiler/check/report.js';

/**
 * The finding for a file in another encoding. It is not checked: what its bytes mean is not known, and fixes, written in
 * UTF-8, would change them.
 */
export async function notUtf8(file: string, bytes: Buffer): Promise<ReportedFinding> {
  const { LineTable } = await import('../compiler/line-table.js');
  const { codeFrame } = await import('../compiler/check/code-frame.js');
  const text = bytes.toString();
  const lines = new LineTable(text);
  const at = text.indexOf('\ufffd');
  const [from, to] = [lines.at(at), lines.at(at + 1)];
  return {
    file,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    kind: 'syntax',
    message: 'Not in UTF-8, and so not checked: save it as that',
    fix: null,
    frame: codeFrame(lines, from, to),
  };
}
