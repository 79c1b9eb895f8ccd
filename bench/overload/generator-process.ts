import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  ClosedAssignment,
  ClosedResult,
  OpenAssignment,
  OpenResult,
  PhaseBegins,
} from './generator/assignment.js';
import type { Assigned, Told } from './generator/generate.js';
import { generatorProcessor, pinned } from '../harness/processor.js';

const main = fileURLToPath(new URL('../main.js', import.meta.url));

/** Room for a deadline's worth of connections: their memory is given back before it is looked at twice. */
const flags = ['--max-semi-space-size=32'];

type OnPhase = (phase: PhaseBegins) => void;

/** Runs an assignment in a generator of its own, so that each begins alike. */
export function runGenerator(assignment: ClosedAssignment, onPhase: OnPhase): Promise<ClosedResult>;
export function runGenerator(assignment: OpenAssignment, onPhase: OnPhase): Promise<OpenResult>;
export function runGenerator(assignment: Assigned, onPhase: OnPhase): Promise<ClosedResult | OpenResult> {
  const node = [process.execPath, ...flags, main, 'overload', '--generator'];
  const [command = '', ...rest] = pinned(generatorProcessor, node);
  const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const told = message as Told;
      if (told.kind === 'phase') onPhase(told);
      else resolve(told);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => reject(new Error(`The generator ended by ${signal ?? `code ${code}`}`)));
    child.send(assignment);
  });
}
