import type { Operation } from 'heddle';
import type { Phase } from './phase.js';

/** What clients ask for: `/name`, a `share` of all arrivals (shares sum up to 1). */
export interface RequestClass {
  readonly name: string;
  readonly share: number;
}

/** What the server's process provides for the handlers. */
export interface World {
  /** How many times dearer than usual the work is at this moment. */
  readonly cost: () => number;
  /** Of the helper process that serves the pool behind a socket; 0 where there is none. */
  readonly poolPort: number;
}

/** The same work of one class put together twice: for the rivals, and for heddle. */
export interface Work {
  readonly plain: () => void | Promise<void>;
  readonly fiber: () => Operation<void>;
}

/**
 * A connection for each request; one that is kept, or another where none is free, as clients do unless they are told otherwise;
 * or one of 256, before which requests queue.
 */
export type Connections = 'new' | 'keep-alive' | 'pooled';

export interface Scenario {
  readonly name: string;
  /** One sentence for the reader of the table. */
  readonly about: string;
  readonly classes: readonly [RequestClass, ...RequestClass[]];
  /** A connection for each request unless given. */
  readonly connections?: Connections;
  /** Of the server's process: V8's old space in MB, and `ulimit -n`. */
  readonly oldSpaceMb?: number;
  readonly descriptors?: number;
  /** Multiples of the peak, where the usual ones make no sense. */
  readonly loads?: readonly number[];
  /** How the load goes, where it is not constant. Warm-up and tail are not part of it. */
  readonly phases?: (load: number) => readonly Phase[];
  /** How often a client repeats a request that failed; 0 unless given. */
  readonly retries?: number;
  /** Connections beside the load that send a byte a second. */
  readonly slowClients?: number;
  /** Whether heddle's server runs with `heddle/register`. */
  readonly compiled?: boolean;
  /** Whether it asks the pool behind a socket. */
  readonly distantPool?: boolean;
  /** By the names of the classes. Called once in the server's process. */
  readonly work: (world: World) => Readonly<Record<string, Work>>;
}

/** All of it in one class of this name. */
export const oneClass: readonly [RequestClass] = [{ name: 'work', share: 1 }];
