import { checkOptions, expected } from '../base/check.js';
import { MisuseError } from '../base/errors.js';
import { unheard } from '../base/unheard.js';
import { currentFiber } from './current.js';
import type { Fiber } from './fiber.js';
import { Label } from './label.js';
import type { Operation } from './operation.js';
import { isCall } from './segment.js';
import { COMPLETED, FAILED, FRESH, Suspension, SuspensionKind, WAITING } from './suspension.js';

/** What `select` returns: the name of the branch that was taken, and its result. */
export type Selected<B extends Record<string, Operation<unknown>>> = {
  [K in keyof B & string]: { readonly branch: K; readonly value: B[K] extends Operation<infer T> ? T : never };
}[keyof B & string];

/**
 * Waits for the first of several leaf operations (receive, send, acquire, event, sleep, join, until …), takes exactly
 * that one, and undoes the others as if they had never been tried. If several could complete at once, one of them is
 * chosen at random, so that none starves. Branches do not serve each other: a `send` beside a `receive` at one channel
 * waits for another fiber. What cannot be undone once it has begun (`abortable`, reading a file) cannot be a branch.
 *
 * @throws what the branch that was taken throws; `ArgumentError` if a branch is no fresh leaf, `MisuseError` if it cannot be
 * undone.
 * Suspends: unless a branch completes at once. If cancelled: no branch has happened. What the undoing of a branch throws
 * (`suspend`) is a failure of the scope, since the select has its answer by then.
 *
 * @example
 * const chosen = yield* select({ job: jobs.receive(), stop: stopping.wait(), idle: sleep(1000) });
 * if (chosen.branch === 'job') yield* handle(chosen.value);
 */
export function* select<B extends Record<string, Operation<unknown>>>(branches: B): Operation<Selected<B>> {
  checkOptions(branches, 'branches');
  const names = Object.keys(branches);
  const suspensions = names.map((name) => leaf(name, branches));
  if (names.length === 0) throw expected('branches', 'at least one operation', branches);
  if (new Set(suspensions).size < names.length) throw expected('branches', 'different operations', branches);
  const select = new Select(suspensions, currentFiber('select').loop.random.below(names.length));
  const taken = yield* new Suspension<number>(SELECT, select, undefined);
  return { branch: names[taken]!, value: suspensions[taken]!.value } as Selected<B>;
}

/** The state of one select, as in libdill: the first of its branches to fire drops the others. */
export class Select {
  readonly branches: readonly Suspension[];
  /** The index of the branch that is tried first. */
  private readonly first: number;
  private suspension: Suspension | null = null;

  constructor(branches: readonly Suspension[], first: number) {
    this.branches = branches;
    this.first = first;
  }

  /** Takes a branch that completes at once. */
  attempt(suspension: Suspension<unknown, Select>, fiber: Fiber): boolean {
    const { branches, first } = this;
    for (let i = 0; i < branches.length; i++) {
      const index = (first + i) % branches.length;
      const branch = branches[index]!;
      branch.fiber = fiber;
      if (!branch.kind.attempt(branch, fiber)) continue;
      branch.phase = COMPLETED;
      return suspension.finish(index);
    }
    return false;
  }

  arm(suspension: Suspension<unknown, Select>): void {
    this.suspension = suspension;
    const fiber = suspension.fiber!;
    for (const branch of this.branches) {
      branch.fiber = fiber;
      branch.branchOf = this;
      try {
        // Tried again: arming another branch may have brought what this one would wait for.
        const atOnce = branch.kind.attempt(branch, fiber);
        branch.phase = WAITING;
        if (atOnce) branch.complete(branch.value);
        else branch.kind.arm(branch);
      } catch (error) {
        branch.phase = WAITING;
        branch.fail(error);
      }
      if (suspension.phase !== WAITING) return;
    }
  }

  /** A branch has completed or failed: the select answers, and the rest is undone, which cannot change the answer. */
  branchSettled(branch: Suspension): void {
    if (branch.phase === FAILED) this.suspension!.fail(branch.value);
    else this.suspension!.complete(this.branches.indexOf(branch));
    this.undo(branch);
  }

  /** Undoes all branches that still wait, except the one that has settled, if any. */
  undo(settled: Suspension | null): void {
    // Marked first, all of them: what then comes for one is too late, even if undoing another brings it.
    for (const branch of this.branches) if (branch.phase === WAITING) branch.phase = FAILED;
    for (const branch of this.branches) if (branch.phase === FAILED && branch !== settled) branch.kind.abort(branch);
  }
}

function leaf(name: string, branches: Record<string, Operation<unknown>>): Suspension {
  const operation = branches[name]!;
  if (!(operation instanceof Suspension) || operation.phase !== FRESH || isCall(operation)) {
    Object.values(branches).forEach((one) => unheard(one));
    throw expected(
      `branches.${name}`,
      'a fresh leaf operation such as receive() or sleep(); use race for others',
      operation,
    );
  }
  if (operation.kind.undoable) return operation;
  throw new MisuseError(
    `\`branches.${name}\`: \`${operation.kind.label.text}\` cannot be undone once it has begun, so what it brings would be lost ` +
      'if another branch came first. Let a fiber of its own run it and select its `join()`, or use `race` where that may be',
  );
}

const SELECT: SuspensionKind<Select, undefined, number> = new SuspensionKind({
  label: new Label('select'),
  attempt: (suspension, fiber) => suspension.subject.attempt(suspension, fiber),
  arm: (suspension) => suspension.subject.arm(suspension),
  abort(suspension) {
    suspension.subject.undo(null);
  },
  resumed(suspension) {
    const branch = suspension.subject.branches[suspension.value as number]!;
    if (branch.kind.resumed !== null) branch.kind.resumed(branch);
  },
});
