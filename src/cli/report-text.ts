import { styleText } from 'node:util';
import { plural, printable } from '../blocking-graph/render/format.js';
import type { CheckReport, ReportedFinding } from '../compiler/check/report.js';

/** The findings as text, each with its code, and a line that sums up. */
export function reportText(report: CheckReport, color: boolean): string {
  const style: typeof styleText = color ? styleText : (_format, text) => text;
  return [...report.findings.map((finding) => block(finding, style)), summary(report)].join('\n');
}

function block({ file, line, column, message, frame }: ReportedFinding, style: typeof styleText): string {
  const code = frame
    .split('\n')
    .map((one) => {
      const text = one
        .split('\t')
        .map((part) => printable(part, Infinity))
        .join('\t');
      return /^ *\| *\t*\^/.test(one) ? style('red', text) : style('dim', text);
    })
    .join('\n');
  return `${style('bold', `${printable(file, Infinity)}:${line}:${column}`)}: ${printable(message, Infinity)}\n${code}\n`;
}

function summary({ files, fixed, findings }: CheckReport): string {
  const places = new Set(findings.map(({ file }) => file)).size;
  const fixable = findings.filter(({ fix }) => fix !== null).length;
  const parts = [
    `${plural(files, 'file')} checked`,
    ...(fixed > 0 ? [`${plural(fixed, 'slip')} fixed`] : []),
    findings.length === 0
      ? `nothing ${fixed > 0 ? 'left' : 'found'}`
      : `${fixed > 0 ? `${findings.length} left` : plural(findings.length, 'slip')} in ${plural(places, 'file')}`,
    ...(fixable > 0 ? [`--fix would fix ${fixable}`] : []),
  ];
  return `${parts.join(', ')}\n`;
}
