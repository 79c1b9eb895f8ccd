import type { OverloadSubject, StaticSetting } from '../subject.js';

/** What a server's process is told when it starts. */
export interface ServerOrder {
  readonly scenario: string;
  readonly subject: OverloadSubject;
  /** Of the subject `static`. */
  readonly setting?: StaticSetting;
  /** Switches of heddle that are off. */
  readonly without: readonly string[];
  /** In ms; what `heddle` aims at. */
  readonly goal: number;
  readonly poolPort: number;
}

/** What it answers to the line `usage`. */
export interface ServerUsage {
  /** Of processor time since the start. */
  readonly cpuMicroseconds: number;
  /** Live ones; null where the subject has none. */
  readonly fibers: number | null;
  /** Rejections that nobody handled. */
  readonly unhandled: number;
}
