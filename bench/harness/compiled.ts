import { fileURLToPath } from 'node:url';
import type { SubjectName } from './subject-name.js';

/**
 * Flags of Node for a subject's process. `heddle-compiled` is the program of `heddle`, put through the compiler as it is
 * loaded: nothing but the compiler can make a difference. So with all names that end like it.
 */
export function flagsFor(subject: SubjectName): string[] {
  return subject.endsWith('-compiled') ? ['--import', register] : [];
}

const register = fileURLToPath(import.meta.resolve('heddle/register'));
