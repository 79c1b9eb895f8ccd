import type { ClosedAssignment, ClosedResult, OpenAssignment, OpenResult, PhaseBegins } from './assignment.js';
import { closedLoop } from './closed-loop.js';
import { OpenLoop } from './open-loop.js';

export type Assigned = ClosedAssignment | OpenAssignment;
export type Told = ClosedResult | OpenResult | PhaseBegins;

/** The generator's process: does the one assignment that its parent sends, answers with the result, and ends. */
export function generate(): void {
  // Nobody reads the stacks of the thousands of errors a second that overload is.
  Error.stackTraceLimit = 0;
  const tell = (message: Told): void => void process.send!(message);
  // A run that was stopped by hand leaves nobody behind who goes on asking.
  process.once('disconnect', () => process.exit());
  process.once('message', (assignment: Assigned) => {
    const result = assignment.kind === 'closed' ? closedLoop(assignment, tell) : new OpenLoop(assignment, tell).run();
    void result.then((message) => process.send!(message, () => process.exit()));
  });
}
