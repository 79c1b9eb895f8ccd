import { readText } from '../read-text.js';
import { progress } from './progress.js';
import { Project } from './project.js';
import { fix, report, type CheckOutcome } from './report.js';

/**
 * Checks files together, and reads from the disk what else they import. Nothing is written.
 *
 * @param texts by file
 * @throws MissingBindingError for TypeScript that nothing on this machine can read
 */
export function checkTexts(texts: ReadonlyMap<string, string>, fixing: boolean): CheckOutcome {
  const project = new Project(readIfThere);
  const files = [...texts.keys()];
  const reading = progress('reading', files.length);
  for (const [file, text] of texts) {
    project.set(file, text);
    reading.step();
  }
  reading.end();
  return fixing ? fix(project, files) : { report: report(project, files), changed: new Map() };
}

function readIfThere(path: string): string | null {
  try {
    return readText(path);
  } catch {
    // Missing, unreadable, or no file.
    return null;
  }
}
