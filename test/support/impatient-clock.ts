import { VirtualClock } from 'heddle/testing';

/** Its time passes by being looked at, so that a slice is over after some looks. */
export class ImpatientClock extends VirtualClock {
  private looks = 0;
  override now(): number {
    return super.now() + this.looks++ * 0.05;
  }
}
