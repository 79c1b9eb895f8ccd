import { VirtualClock } from 'heddle/testing';

/** Virtual time that fibers move by working: `work(3)` is three milliseconds of computation without a suspension. */
export class WorkClock extends VirtualClock {
  private worked = 0;
  /** How often it was read. */
  readings = 0;

  override now(): number {
    this.readings++;
    return super.now() + this.worked;
  }

  work(ms: number): void {
    this.worked += ms;
  }
}
