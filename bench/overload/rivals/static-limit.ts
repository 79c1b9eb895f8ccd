import type { Gate } from './gate.js';

/** At most `limit` requests at once; the others are refused at once, none waits. */
export class StaticLimit implements Gate {
  private active = 0;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  enter(begin: () => void, refuse: () => void): void {
    if (this.active >= this.limit) return refuse();
    this.active++;
    begin();
  }

  leave(): void {
    this.active--;
  }
}
