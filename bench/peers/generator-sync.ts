import { Fifo } from './fifo.js';
import { PARK, self, wake, type Body, type Task } from './generator.js';

interface Waiting<T> {
  readonly task: Task;
  value: T | undefined;
}

/** A channel for the bare generators. A waiting task's value is passed through the record that it waits with. */
export class GeneratorChannel<T> {
  private readonly buffer = new Fifo<T>();
  private readonly senders = new Fifo<Waiting<T>>();
  private readonly receivers = new Fifo<Waiting<T>>();
  private readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  *send(value: T): Body {
    const receiver = this.receivers.shift();
    if (receiver !== undefined) {
      receiver.value = value;
      wake(receiver.task);
    } else if (this.buffer.length < this.capacity) this.buffer.push(value);
    else {
      this.senders.push({ task: self(), value });
      yield PARK;
    }
  }

  *receive(): Body<T> {
    const sender = this.senders.shift();
    if (sender !== undefined) wake(sender.task);
    if (this.buffer.length > 0) {
      if (sender !== undefined) this.buffer.push(sender.value as T);
      return this.buffer.shift() as T;
    }
    if (sender !== undefined) return sender.value as T;
    const waiting: Waiting<T> = { task: self(), value: undefined };
    this.receivers.push(waiting);
    yield PARK;
    return waiting.value as T;
  }
}

/** A lock that is handed to the one who has waited longest. */
export class GeneratorMutex {
  private locked = false;
  private readonly waiting = new Fifo<Task>();

  *lock(): Body {
    if (this.locked) {
      this.waiting.push(self());
      yield PARK;
    }
    this.locked = true;
  }

  unlock(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.locked = false;
    else wake(next);
  }
}
