import { rmSync } from 'node:fs';
import { buildCPeers, gccIsInstalled } from '../harness/c-program.js';
import { buildGoPeers, goIsInstalled } from '../harness/go-program.js';
import { showProgress } from '../harness/output.js';
import { makeRunDirectory } from '../harness/run-directory.js';
import type { SubjectName } from '../harness/subject-name.js';

/** What turns peers in another language into programs. */
interface Toolchain {
  /** On the PATH. */
  readonly tool: string;
  readonly subjects: readonly SubjectName[];
  readonly isInstalled: () => boolean;
  readonly build: () => { readonly environment: NodeJS.ProcessEnv; readonly directory: string };
}

const toolchains: readonly Toolchain[] = [
  { tool: 'go', subjects: ['go'], isInstalled: goIsInstalled, build: buildGoPeers },
  { tool: 'gcc', subjects: ['pthreads', 'pthreads-pool'], isInstalled: gccIsInstalled, build: buildCPeers },
];

/** The subjects that this machine can run, and where the processes below find the programs of those in other languages. */
export interface Cast {
  readonly subjects: readonly SubjectName[];
  readonly environment: NodeJS.ProcessEnv;
  /** Deletes the programs, and what the processes shared. */
  readonly dispose: () => void;
}

/** Builds what `asked` needs; says which subjects are left out because their toolchain is absent. */
export function assemble(asked: readonly SubjectName[]): Cast {
  let subjects = asked;
  const shared = makeRunDirectory();
  let { environment } = shared;
  const directories = [shared.directory];
  for (const { tool, subjects: own, isInstalled, build } of toolchains) {
    if (!asked.some((name) => own.includes(name))) continue;
    if (isInstalled()) {
      showProgress(`building the peers in ${tool}`);
      const built = build();
      environment = { ...environment, ...built.environment };
      directories.push(built.directory);
    } else {
      process.stderr.write(`${own.join(', ')}: skipped, there is no \`${tool}\` on the PATH\n`);
      subjects = subjects.filter((name) => !own.includes(name));
    }
  }
  return {
    subjects,
    environment,
    dispose: () => directories.forEach((directory) => rmSync(directory, { recursive: true, force: true })),
  };
}
