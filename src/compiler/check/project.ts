import { dirname, resolve } from 'node:path';
import type { FileFacts } from './file-facts.js';
import type { Finding } from './finding.js';
import { makeCandidates } from './find-module.js';
import { findMisuses } from './find-misuses.js';
import { gatherFacts } from './gather-facts.js';
import type { SyntaxProblem } from '../tree.js';
import { readTree } from './read-tree.js';
import { ShapeFinder } from './shape-finder.js';

/** The result of checking a file. */
export interface CheckedFile {
  readonly file: string;
  readonly text: string;
  readonly findings: readonly Finding[];
  /** Why the file could not be parsed; it then has no findings. */
  readonly problem: SyntaxProblem | null;
}

interface Source {
  readonly text: string;
  readonly facts: FileFacts | null;
  readonly problem: SyntaxProblem | null;
}

/** Files that are checked together: what one exports is known where another imports it. */
export class Project {
  private readonly sources: Map<string, Source> = new Map();
  private readonly read: (path: string) => string | null;
  private readonly candidates: (source: string, from: string) => string[];

  /** @param read the text of a file that was not added but is imported; null if there is none. */
  constructor(read: (path: string) => string | null) {
    this.read = read;
    this.candidates = makeCandidates(read);
  }

  /** Adds a file, or changes it. */
  set(file: string, text: string): void {
    this.sources.set(resolve(file), sourceOf(resolve(file), text));
  }

  /** Checks some of the files. */
  check(files: readonly string[]): CheckedFile[] {
    // Shapes refer to other files, so none may outlive a change.
    const found = new Map<string, FileFacts | null>();
    const shapes = new ShapeFinder((source, from) => {
      const key = `${dirname(from)}\0${source}`;
      if (!found.has(key)) found.set(key, this.find(source, from));
      return found.get(key)!;
    });
    return files.map((file) => {
      const { text, facts, problem } = this.sources.get(resolve(file))!;
      if (facts === null) return { file, text, problem, findings: [] };
      return { file, text, problem: null, findings: findMisuses(facts, text, shapes) };
    });
  }

  private find(source: string, from: string): FileFacts | null {
    for (const path of this.candidates(source, from)) {
      const known = this.sources.get(path);
      if (known !== undefined) return known.facts;
      const text = this.read(path);
      if (text === null) continue;
      const read = sourceOf(path, text);
      this.sources.set(path, read);
      return read.facts;
    }
    return null;
  }
}

function sourceOf(path: string, text: string): Source {
  const { program, problem } = readTree(path, text);
  return { text, problem, facts: program === null ? null : gatherFacts(path, program) };
}
