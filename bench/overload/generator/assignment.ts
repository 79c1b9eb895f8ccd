import type { Phase } from '../phase.js';
import type { Connections, RequestClass } from '../scenario.js';

/** Who asks whom, whatever the load. */
export interface Assignment {
  readonly port: number;
  readonly classes: readonly RequestClass[];
  readonly connections: Connections;
  readonly seed: number;
  /** After so many milliseconds from its intended start a client gives a request up. */
  readonly deadlineMs: number;
}

/** So many clients at once, each asking again as soon as it is answered: for the peak. */
export interface ClosedAssignment extends Assignment {
  readonly kind: 'closed';
  readonly clients: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** Arrivals that do not care how the server is doing. */
export interface OpenAssignment extends Assignment {
  readonly kind: 'open';
  /** Requests a second that are a load of 1. */
  readonly peak: number;
  readonly phases: readonly Phase[];
  /** How often a failed request is sent again. */
  readonly retries: number;
  readonly slowClients: number;
  /** Whether to ask `/health` once a second. */
  readonly health: boolean;
}

/** What became of requests. `good`: answered with 200 before the deadline. */
export interface Outcomes {
  good: number;
  /** Given up at the deadline. */
  timeout: number;
  /** Answered with 503. */
  unavailable: number;
  /** The connection was cut before the answer was complete. */
  reset: number;
  /** The connection was not accepted. */
  refused: number;
  /** Any other status, or an answer that is none. */
  error: number;
  /**
   * Not sent, because this machine refused (no descriptor, no port) or the generator was too late: says nothing of the server.
   */
  unsent: number;
}

export type Outcome = keyof Outcomes;

export interface ClosedResult {
  readonly kind: 'closed';
  /** Good ones a second. */
  readonly rate: number;
  /** Good ones in the measured time. */
  readonly answered: number;
}

export interface ClassResult {
  readonly name: string;
  readonly arrivals: number;
  readonly outcomes: Outcomes;
  /** Milliseconds from the intended start, of the good ones; null where there was none. */
  readonly p50: number | null;
  readonly p99: number | null;
}

/**
 * A second of the load profile, by the intended starts: what was sent, repetitions included, and the good ones of it, by class.
 */
export interface Second {
  readonly phase: string;
  /** Since the phase began. */
  readonly second: number;
  /** How many times dearer than usual the work was. */
  readonly cost: number;
  readonly sent: readonly number[];
  readonly good: readonly number[];
}

/** How well the generator itself did: beyond its own limits a result says nothing of the server. */
export interface OwnLoad {
  /** Processor time by time, of its main and other threads. */
  readonly cpuShare: number;
  readonly loopDelayP99Ms: number;
  /** How long after its intended start a request was sent. */
  readonly sentLateP99Ms: number;
  /** Whether its limits show in the result: it has no processor time left, sends late, or does not send at all. */
  readonly saturated: boolean;
}

export interface OpenResult {
  readonly kind: 'open';
  /** Of the measured phases. */
  readonly seconds: number;
  readonly classes: readonly ClassResult[];
  readonly all: Omit<ClassResult, 'name'>;
  readonly timeline: readonly Second[];
  /** Requests that were sent again. */
  readonly retried: number;
  readonly health: HealthResult | null;
  readonly own: OwnLoad;
}

export interface HealthResult {
  readonly asked: number;
  readonly answered: number;
  /** Milliseconds of the slowest that was answered. */
  readonly slowest: number | null;
}

/** From the generator, while it works. */
export interface PhaseBegins {
  readonly kind: 'phase';
  readonly name: string;
  readonly cost: number;
  /** Whether what arrives in it counts. */
  readonly measuring: boolean;
}

export const noOutcomes = (): Outcomes => ({
  good: 0,
  timeout: 0,
  unavailable: 0,
  reset: 0,
  refused: 0,
  error: 0,
  unsent: 0,
});
