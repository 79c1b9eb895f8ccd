import { close } from 'node:fs';
import { currentFiber } from '../../fibers/current.js';
import type { DescriptorStock } from '../../fibers/descriptor-stock.js';
import type { Holding } from '../../fibers/holding.js';
import type { Operation } from '../../fibers/operation.js';

/** Waits for room for one more descriptor. `operation` is what it is for, as errors call it. */
export function* takeRoom(operation: string): Operation<Room> {
  return new Room(yield* currentFiber(operation).loop.descriptors.take());
}

/** Room for a descriptor. It is given back only once the system has closed what it was for, also where nobody waits for that. */
export class Room {
  /** The system was asked for a descriptor: its answer tells what becomes of the room. */
  asked: boolean = false;
  private readonly holding: Holding;

  constructor(holding: Holding) {
    this.holding = holding;
  }

  /** A descriptor has come. */
  filled(): void {
    this.stock.settled();
  }

  /** None comes. */
  refused(): void {
    this.closed();
  }

  closing(): void {
    this.stock.closing();
  }

  closed(): void {
    this.stock.settled();
    this.stock.giveBack(this.holding);
  }

  /** Closes what filled it. Nobody is left who could be told of an error. */
  close(fd: number): void {
    this.closing();
    close(fd, () => this.closed());
  }

  private get stock(): DescriptorStock {
    return this.holding.fiber.loop.descriptors;
  }
}
