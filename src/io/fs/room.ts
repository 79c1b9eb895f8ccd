import { close } from 'node:fs';
import { currentFiber } from '../../fibers/current.js';
import type { DescriptorStock } from '../../fibers/descriptor-stock.js';
import type { Holding } from '../../fibers/holding.js';
import type { Operation } from '../../fibers/operation.js';

/** Waits until one more descriptor may be opened. Errors name `operation`. */
export function* takeRoom(operation: string): Operation<Room> {
  return new Room(yield* currentFiber(operation).loop.descriptors.take());
}

/**
 * A reserved place for one descriptor. It is given back only when the system has closed the descriptor, even if nobody
 * waits for that.
 */
export class Room {
  /** The system was asked for a descriptor: from now on its answer decides what becomes of this place. */
  asked: boolean = false;
  private readonly holding: Holding;

  constructor(holding: Holding) {
    this.holding = holding;
  }

  /** The descriptor is open. */
  filled(): void {
    this.stock.settled();
  }

  closing(): void {
    this.stock.closing();
  }

  /** The descriptor is closed, or none was opened. */
  closed(): void {
    this.stock.settled();
    this.stock.giveBack(this.holding);
  }

  /** Closes the descriptor. Nobody is left to report an error to. */
  close(fd: number): void {
    this.closing();
    close(fd, () => this.closed());
  }

  private get stock(): DescriptorStock {
    return this.holding.fiber.loop.descriptors;
  }
}
