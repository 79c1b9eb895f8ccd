import type { Outcome } from './assignment.js';

/** One request on its way, from its intended start until it is settled. */
export interface Attempt {
  /** Index in the classes. */
  readonly kind: number;
  readonly bytes: Buffer;
  readonly intendedAt: number;
  readonly retriesLeft: number;
  /** Index of the measured second in which it is sent; -1 outside of them. */
  readonly second: number;
  /** Whether what becomes of it in the end counts; a repetition counts as the first attempt does. */
  readonly counts: boolean;
  settled: boolean;
  /** Takes back what was sent, without a word to anybody. */
  abandon: (() => void) | null;
}

/** How a transport says what became of an attempt. Once for each attempt; not for those abandoned. */
export type Settle = (attempt: Attempt, outcome: Outcome) => void;

/** Sends requests. */
export interface Transport {
  send(attempt: Attempt): void;
  /** Closes what it holds. */
  close(): void;
}

export function outcomeOf(status: number): Outcome {
  return status === 200 ? 'good' : status === 503 ? 'unavailable' : 'error';
}

/** What an error of a socket means for the request on it. */
export function outcomeOfError(code: string | undefined): Outcome {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'EMFILE':
    case 'ENFILE':
    case 'EADDRNOTAVAIL':
    case 'EADDRINUSE':
      return 'unsent';
    default:
      return 'reset';
  }
}
