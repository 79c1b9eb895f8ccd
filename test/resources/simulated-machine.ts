import { suspend, type Operation } from 'heddle';
import type { Clock, Machine } from 'heddle/lowlevel';
import { currentFiber } from '#src/fibers/current.js';
import type { Fiber } from '#src/fibers/fiber.js';
import { SimulatedHeap } from './simulated-heap.js';

export interface MachineOptions {
  /** In bytes; 256 MB unless given. */
  readonly heapLimit?: number;
  /** Outside of the heap, in bytes; none unless given. */
  readonly externalLimit?: number;
  /** None unless given. */
  readonly descriptorLimit?: number;
}

/**
 * A machine in virtual time: one processor, on which everything takes time, a heap with a collector, a limit of
 * descriptors, and other machines that can be asked. What happens by itself happens in `turn`, as in Node's event loop.
 */
export class SimulatedMachine implements Clock, Machine {
  readonly heap: SimulatedHeap;
  private readonly mostDescriptors: number;
  private open: number = 0;
  private time: number = 0;
  private deferred: (() => void)[] = [];
  private alarmAt: number = Infinity;
  private expire: () => void = () => {};
  /** By time. */
  private readonly events: { readonly at: number; readonly happen: () => void }[] = [];
  private readonly remoteQueue: { readonly resume: () => void; readonly ms: number }[] = [];
  private remoteBusy: number = 0;
  readonly threads: number = 4;
  /** When each of the threads will have nothing left to do. */
  private readonly freeAt: number[] = Array<number>(this.threads).fill(0);
  private idleMs: number = 0;
  private idleSince: number = 0;
  /** Somebody wants V8's own threads to leave the processor to the program. */
  quiet: boolean = false;

  constructor({ heapLimit = 256e6, externalLimit = Infinity, descriptorLimit = Infinity }: MachineOptions) {
    this.heap = new SimulatedHeap(heapLimit, externalLimit, (ms) => this.work(ms));
    this.mostDescriptors = descriptorLimit;
  }

  /** Computes for so long. */
  work(ms: number): void {
    this.time += ms;
  }

  /** Something happens at `at`, or as soon as the processor is free. */
  at(at: number, happen: () => void): void {
    const { events } = this;
    let i = events.length;
    while (i > 0 && events[i - 1]!.at > at) i--;
    events.splice(i, 0, { at, happen });
  }

  /** Opens a file through the runtime's stock of descriptors; returns what closes it. */
  *openFile(fiber: Fiber): Operation<() => void> {
    const { descriptors } = fiber.loop;
    const holding = yield* descriptors.take();
    descriptors.settled();
    this.work(OPEN_MS);
    if (this.open + OWN_DESCRIPTORS >= this.mostDescriptors) {
      descriptors.giveBack(holding);
      throw new Error('EMFILE');
    }
    this.open++;
    return () => {
      this.open--;
      descriptors.giveBack(holding);
    };
  }

  /** Has one of the pool's threads do something for `ms`. That it is done is seen in a later turn. */
  inThread(ms: number): Operation<void> {
    const fiber = currentFiber('thread');
    const { threadPool } = fiber.loop;
    return suspend<void>((resume) => {
      threadPool.begin(fiber);
      // The threads go on by themselves, whatever the event loop does.
      const { freeAt } = this;
      const next = freeAt.indexOf(Math.min(...freeAt));
      freeAt[next] = Math.max(freeAt[next]!, this.time) + ms;
      this.at(freeAt[next]!, () => {
        threadPool.end();
        resume();
      });
    }, 'thread');
  }

  /** Asks another machine that nobody here can see into: it answers `slots` at once, in `ms` each. */
  remote(slots: number, ms: number): Operation<void> {
    return suspend<void>((resume) => {
      this.remoteQueue.push({ resume: () => resume(), ms });
      this.serveRemote(slots);
    }, 'remote');
  }

  private serveRemote(slots: number): void {
    while (this.remoteQueue.length > 0 && this.remoteBusy < slots) {
      const { resume, ms } = this.remoteQueue.shift()!;
      this.remoteBusy++;
      this.at(this.time + ms, () => {
        this.remoteBusy--;
        resume();
        this.serveRemote(slots);
      });
    }
  }

  // Machine.

  openDescriptors(): number {
    return OWN_DESCRIPTORS + this.open;
  }

  /** It has no V8, and nothing gets in the program's way; it only tells that it was asked. */
  quietV8(): void {
    this.quiet = true;
  }

  idleShare(): number {
    const elapsed = this.time - this.idleSince;
    const share = elapsed > 0 ? this.idleMs / elapsed : 1;
    this.idleSince = this.time;
    this.idleMs = 0;
    return share;
  }

  descriptorLimit(): number | null {
    return this.mostDescriptors === Infinity ? null : this.mostDescriptors;
  }

  // Clock.

  now(): number {
    return this.time;
  }

  after(ms: number): number {
    return this.time + ms;
  }

  unixTime(): number {
    return this.time;
  }

  defer(pass: () => void): void {
    this.deferred.push(pass);
  }

  alarm(at: number, expire: () => void): void {
    this.alarmAt = at;
    this.expire = expire;
  }

  onExhausted(): () => void {
    return () => {};
  }

  /** One turn of the outside world: time passes if there is nothing to do; timers, events, `poll`, fibers. */
  turn(until: number, isIdle: boolean, poll: () => void): void {
    if (this.deferred.length === 0 && isIdle) {
      const next = Math.max(this.time, Math.min(this.alarmAt, this.events[0]?.at ?? Infinity, until));
      this.idleMs += next - this.time;
      this.time = next;
    }
    this.time += TURN_MS;
    // As in libuv before 1.45; since then timers come last. With those last held memory at 8 times the load keeps 0.93 of
    // what the best fixed limit does, where 0.95 are asked for, and nothing else moves below its bar.
    if (this.alarmAt <= this.time) {
      const { expire } = this;
      this.alarmAt = Infinity;
      expire();
    }
    while (this.events.length > 0 && this.events[0]!.at <= this.time) this.events.shift()!.happen();
    poll();
    for (const pass of this.deferred.splice(0)) pass();
  }
}

/** In ms. */
const TURN_MS = 0.005;
const OPEN_MS = 0.03;
/** Standard streams, the listener, what Node has open. */
const OWN_DESCRIPTORS = 20;
