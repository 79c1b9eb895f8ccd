/** A program of a few operators. `n` numbers its parts. */
export type Program = { readonly n: number } & (
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'throw' }
  | { readonly kind: 'cancel'; readonly outward: number }
  | { readonly kind: 'join'; readonly fiber: number }
  | { readonly kind: 'seq'; readonly parts: readonly Program[] }
  | { readonly kind: 'finally' | 'catch'; readonly body: Program; readonly cleanup: Program }
  | { readonly kind: 'scope'; readonly body: Program }
  | { readonly kind: 'timeout' | 'shield'; readonly ms: number; readonly body: Program }
  | { readonly kind: 'spawn'; readonly body: Program; readonly cancel: Cancel | null }
);

/** When another fiber cancels it alone, and whether that one waits for the time in a shield. */
export interface Cancel {
  readonly after: number;
  readonly shielded: boolean;
}

/** When something ends, and with what error. Errors are texts; behind `#` stands what tells two of one kind apart. */
interface Ending {
  readonly at: number;
  readonly error: string | null;
  /** Of a scope: something in it failed; its own cancellation stopped something. */
  readonly failed?: boolean;
  readonly cut?: boolean;
}
interface Stop {
  readonly at: number;
  readonly error: string;
}
interface Member extends Ending {
  readonly state: 'ok' | 'cancelled' | 'failed';
}
/** A scope whose cancellation is known. */
interface Frame {
  readonly stop: Stop;
  readonly members: Member[];
}
/** What a part does beside ending. */
interface Effects {
  readonly log: string[];
  readonly cancels: { readonly frame: Frame; readonly at: number }[];
}
interface Around {
  readonly frame: Frame;
  readonly scopes: readonly Frame[];
  readonly fibers: Map<number, Member>;
}

/** Times are counted in steps: so many are a ms, and the order of those within one is that of cause and effect. */
const STEPS = 2 ** 20;
/** A new fiber begins after what the one that spawned it does before it waits. */
const TURN = 1000;
const NEVER: Stop = { at: Infinity, error: '' };
let errors = 0;

/** What a program logs, and its end. */
export function expectedOf(program: Program): string[] {
  const effects: Effects = { log: [], cancels: [] };
  const around: Around = { frame: { stop: NEVER, members: [] }, scopes: [], fibers: new Map() };
  const { at, error } = inScope(0, NEVER, Infinity, program, { ...around, scopes: [] }, effects, false);
  return [...effects.log, `${msOf(at)} end ${plain(error)}`].sort();
}

/**
 * The semantics as a function: how `one`, which begins at `at`, ends if its fiber is stopped by `stop`. Until then the stop
 * changes nothing; so a scope is evaluated without one, which tells when the first of it fails, and then again with that.
 */
function evaluate(one: Program, at: number, stop: Stop, around: Around, effects: Effects): Ending {
  const log = (when: number, text: string): void => void effects.log.push(`${msOf(when)} ${one.n} ${text}`);
  switch (one.kind) {
    case 'sleep':
      return waitsUntil((msOf(at) + one.ms) * STEPS, at, stop, null);
    case 'throw':
      return { at: at + 1, error: `mishap ${one.n}` };
    case 'cancel': {
      const frame = around.scopes.at(-1 - one.outward);
      if (frame !== undefined) effects.cancels.push({ frame, at });
      return { at: at + 1, error: null };
    }
    case 'join': {
      const fiber = around.fibers.get(one.fiber);
      if (fiber === undefined) return { at, error: null };
      return waitsUntil(fiber.at, at, stop, fiber.state === 'cancelled' ? fresh('fiber cancelled') : fiber.error);
    }
    case 'spawn':
      if (stop.at <= at) return stopped(at, stop);
      around.fibers.set(one.n, started(one.body, at, one.cancel, around, effects));
      return { at: at + 2, error: null };
    case 'seq': {
      const inner = { ...around, fibers: new Map(around.fibers) };
      let end: Ending = { at, error: null };
      for (const part of one.parts) if ((end = evaluate(part, end.at, stop, inner, effects)).error !== null) break;
      return end;
    }
    case 'finally': {
      const body = evaluate(one.body, at, stop, around, effects);
      log(body.at, 'finally');
      const cleanup = evaluate(one.cleanup, body.at + 1, stop, around, effects);
      return { at: cleanup.at, error: cleanup.error ?? body.error };
    }
    case 'catch': {
      const body = evaluate(one.body, at, stop, around, effects);
      if (body.error === null) return body;
      log(body.at, `caught ${plain(body.error)}`);
      return isStop(body.error) ? body : evaluate(one.cleanup, body.at + 1, stop, around, effects);
    }
    case 'scope': {
      const end = inScope(at, stop, Infinity, one.body, around, effects, true);
      log(end.at, `left ${plain(end.error)}`);
      return end;
    }
    default: {
      const deadline = (msOf(at) + one.ms) * STEPS;
      const end = inScope(at, one.kind === 'shield' ? NEVER : stop, deadline, one.body, around, effects, false);
      return !end.failed && end.cut && deadline < end.at ? { at: end.at, error: fresh('timeout') } : end;
    }
  }
}

function inScope(
  at: number,
  outer: Stop,
  deadline: number,
  body: Program,
  around: Around,
  into: Effects,
  named: boolean,
): Ending {
  const own = fresh('cancelled');
  const attempt = (stop: Stop) => {
    const frame: Frame = { stop, members: [] };
    const effects: Effects = { log: [], cancels: [] };
    const scopes = named ? [...around.scopes, frame] : around.scopes;
    const end = evaluate(body, at + 1, stop, { frame, scopes, fibers: new Map(around.fibers) }, effects);
    const failed = end.error !== null && !(isStop(end.error) && stop.at < end.at);
    const last = Math.max(end.at, ...frame.members.map((member) => member.at));
    const failures = frame.members.filter(({ state }) => state === 'failed');
    const causes = effects.cancels.filter((one) => one.frame === frame && one.at <= last).map((one) => one.at);
    causes.push(
      ...failures.map((member) => member.at),
      failed ? end.at : Infinity,
      deadline < last ? deadline : Infinity,
    );
    const thrown = new Set([...(failed ? [end.error!] : []), ...failures.map((member) => member.error!)]);
    return { frame, effects, end, last, first: Math.min(...causes), thrown };
  };
  let tried = attempt(outer.at <= at ? outer : NEVER);
  if (
    tried.frame.stop === NEVER &&
    Math.min(tried.first, outer.at) < Infinity &&
    Math.min(tried.first, outer.at) <= tried.last
  )
    tried = attempt(tried.first <= outer.at ? { at: tried.first, error: own } : outer);
  const { frame, effects, end, last, thrown } = tried;
  into.log.push(...effects.log);
  into.cancels.push(...effects.cancels.filter((one) => one.frame !== frame));
  const all = [...thrown];
  if (all.length > 0) return { at: last + 1, error: all.length === 1 ? all[0]! : fresh(several(all)), failed: true };
  return { at: last + 1, error: end.error, cut: [end, ...frame.members].some(({ error }) => error === own) };
}

function started(body: Program, at: number, cancel: Cancel | null, around: Around, effects: Effects): Member {
  const { frame } = around;
  let { stop } = frame;
  let own = NEVER;
  if (cancel !== null) {
    own = { at: (msOf(at) + cancel.after) * STEPS, error: fresh('cancelled') };
    const canceller = waitsUntil(own.at, at + TURN, cancel.shielded ? NEVER : stop, null);
    if (canceller.error !== null) own = NEVER;
    frame.members.push({ ...canceller, state: canceller.error === null ? 'ok' : 'cancelled' });
    if (own.at < stop.at) stop = own;
  }
  const end = evaluate(body, at + TURN, stop, around, effects);
  const wasStopped = isStop(end.error) && Math.min(own.at, frame.stop.at) < end.at;
  const member: Member = { ...end, state: end.error === null ? 'ok' : wasStopped ? 'cancelled' : 'failed' };
  frame.members.push(member);
  return member;
}

function waitsUntil(end: number, at: number, stop: Stop, error: string | null): Ending {
  if (stop.at <= at || stop.at < end) return stopped(Math.max(at, stop.at), stop);
  return { at: Math.max(at, end) + 1, error };
}

function stopped(at: number, { error }: Stop): Ending {
  return { at: at + 1, error };
}

const msOf = (at: number): number => Math.floor(at / STEPS);
const fresh = (kind: string): string => `${kind}#${errors++}`;
const isStop = (error: string | null): boolean => error?.startsWith('cancelled') === true;
/** An error as it is logged. */
export const plain = (error: string | null): string => (error === null ? 'ok' : error.replaceAll(/#\d+/g, ''));
export const several = (all: readonly string[]): string => `several(${all.map(plain).sort().join()})`;
