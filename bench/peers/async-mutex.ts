import { Fifo } from './fifo.js';

const done: Promise<void> = Promise.resolve();

/** A lock over promises that is handed to the one who has waited longest. */
export class AsyncMutex {
  private locked = false;
  private readonly waiting = new Fifo<() => void>();

  lock(): Promise<void> {
    if (this.locked) return new Promise((resolve) => this.waiting.push(resolve));
    this.locked = true;
    return done;
  }

  unlock(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.locked = false;
    else next();
  }
}
