import { Fifo } from './fifo.js';

const done: Promise<void> = Promise.resolve();

interface Sender<T> {
  readonly value: T;
  readonly resolve: () => void;
}

/**
 * A bounded channel over promises, as a careful author would write it: nothing is
 * allocated for what need not wait but the promise.
 */
export class AsyncChannel<T> {
  private readonly buffer = new Fifo<T>();
  private readonly senders = new Fifo<Sender<T>>();
  private readonly receivers = new Fifo<(value: T) => void>();
  private readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  send(value: T): Promise<void> {
    const receiver = this.receivers.shift();
    if (receiver !== undefined) {
      receiver(value);
      return done;
    }
    if (this.buffer.length < this.capacity) {
      this.buffer.push(value);
      return done;
    }
    return new Promise((resolve) => this.senders.push({ value, resolve }));
  }

  receive(): Promise<T> {
    const sender = this.senders.shift();
    sender?.resolve();
    if (this.buffer.length > 0) {
      if (sender !== undefined) this.buffer.push(sender.value);
      return Promise.resolve(this.buffer.shift() as T);
    }
    if (sender !== undefined) return Promise.resolve(sender.value);
    return new Promise((resolve) => this.receivers.push(resolve));
  }
}
