import { object, count, optional, text, type Decoder } from '../blocking-graph/decoder.js';
import type { Snapshot } from '../blocking-graph/snapshot.js';

/**
 * The first line on a program's socket. The protocol is lines of JSON: the program greets (→); then it answers each request
 * line (←) with one line that has the same `id`, in order. A request that is not understood is answered by an error, and so is
 * one that is longer than `LONGEST_REQUEST`, after which the program hangs up.
 *
 *     → {"heddle":1,"pid":4711,"title":"node server.js","node":"v20.20.2","version":"0.1.0"}
 *     ← {"id":1,"request":"snapshot"}
 *     → {"id":1,"snapshot":{…}}
 */
export interface Greeting {
  /** Version of the protocol. */
  readonly heddle: number;
  readonly pid: number;
  readonly title: string;
  readonly node: string;
  /** Version of heddle. */
  readonly version: string;
}

export interface InspectionRequest {
  readonly id: number;
  readonly request: string;
}

export type InspectionReply =
  | { readonly id: number; readonly snapshot: Snapshot }
  | { readonly id: number; readonly error: string };

export const PROTOCOL = 1;

/** In UTF-16 units, which are bytes as long as requests are ASCII. */
export const LONGEST_REQUEST = 1024;

export const readGreeting: Decoder<Greeting> = object<Greeting>({
  heddle: count,
  pid: count,
  title: text,
  node: text,
  version: text,
});

export const readRequest: Decoder<InspectionRequest> = object<InspectionRequest>({ id: count, request: text });

/** A reply whose snapshot has not been validated. */
export interface RawReply {
  readonly id: number;
  readonly snapshot?: unknown;
  readonly error?: string;
}

export const readReply: Decoder<RawReply> = object<RawReply>({
  id: count,
  snapshot: (value) => value,
  error: optional(text),
});
