import { setTimeout as elapse } from 'node:timers/promises';
import { between } from '../harness/closed-loop.js';
import { Latencies } from '../harness/latencies.js';
import type { ServerProcess } from '../harness/server-process.js';
import type { Outcome } from '../overload/generator/assignment.js';
import { OwnLoadMeter } from '../overload/generator/own-load-meter.js';
import { Client, type Observer } from './client.js';
import { failedShare, generatorCpu, generatorSaturated, servedEachSecond } from './metrics.js';
import { Pauses, timerResolution } from './pauses.js';

/** Between an answer and the next request, in ms. */
const pause = 20;

/** Times in ms. */
export interface CrowdOptions {
  readonly clients: number;
  /** The clients come one after another in this time, so that they do not go in step. */
  readonly ramp: number;
  /** How long is measured after that. */
  readonly window: number;
}

/** All clients of a measurement, and what they see in its window. */
export class Crowd implements Observer {
  private readonly server: ServerProcess;
  private readonly options: CrowdOptions;
  private readonly clients: readonly Client[];
  private readonly connects = new Latencies('connect');
  private readonly responses = new Latencies('response');
  private readonly own = new OwnLoadMeter();
  private readonly pausing = new Pauses<Client>(pause, (client, dueAt) => this.proceed(client, dueAt));
  private measuring = false;
  private answers = 0;
  private failures = 0;
  private unsent = 0;
  /** The clients with an answer in the current second; and the sum of that over the seconds. */
  private readonly served = new Set<Client>();
  private servedInAll = 0;

  constructor(server: ServerProcess, options: CrowdOptions) {
    this.server = server;
    this.options = options;
    this.clients = Array.from({ length: options.clients }, () => new Client(server.port, this));
  }

  /** Lets them come, measures, and sends them away. */
  async run(): Promise<Record<string, number>> {
    await this.come();
    this.own.start();
    this.measuring = true;
    const seconds = Math.max(1, Math.round(this.options.window / 1000));
    const measured = await between(
      this.server,
      () => this.answers,
      async () => {
        for (let second = 0; second < seconds; second++) {
          await elapse(this.options.window / seconds);
          this.servedInAll += this.served.size;
          this.served.clear();
        }
      },
    );
    this.measuring = false;
    const { cpuShare, saturated } = this.own.stop(this.unsent);
    this.recordWaiting(performance.now());
    this.pausing.forget();
    for (const client of this.clients) client.close();
    return {
      ...measured,
      ...this.connects.metrics(),
      ...this.responses.metrics(),
      [servedEachSecond.name]: (100 * this.servedInAll) / (seconds * this.clients.length),
      [failedShare.name]: (100 * this.failures) / Math.max(1, this.failures + this.answers),
      [generatorCpu.name]: 100 * cpuShare,
      [generatorSaturated.name]: Number(saturated),
    };
  }

  connected(_client: Client, ms: number): void {
    if (this.measuring) this.connects.record(ms);
  }

  answered(client: Client, ms: number): void {
    if (!this.measuring) return;
    this.answers++;
    this.responses.record(ms);
    this.served.add(client);
  }

  failed(_client: Client, outcome: Outcome): void {
    if (!this.measuring) return;
    this.failures++;
    if (outcome === 'unsent') this.unsent++;
  }

  pauses(client: Client): void {
    this.pausing.begin(client);
  }

  private async come(): Promise<void> {
    const { clients } = this;
    const start = performance.now();
    for (let index = 0; index < clients.length;) {
      const now = performance.now();
      for (
        const due = ((now - start) / this.options.ramp) * clients.length;
        index < Math.min(due, clients.length);
        index++
      )
        clients[index]!.proceed(now);
      await elapse(1);
    }
  }

  /** What is later than its timer may be is the generator's fault, and in the figure. */
  private proceed(client: Client, dueAt: number): void {
    const now = performance.now();
    if (this.measuring) this.own.sent(now - dueAt);
    client.proceed(Math.min(now, dueAt + timerResolution));
  }

  /** Who is never served would be missing from the histograms, and a server that serves few would look the better for it. */
  private recordWaiting(now: number): void {
    for (const { waiting, waitingSince } of this.clients) {
      if (waiting !== null) (waiting === 'connect' ? this.connects : this.responses).record(now - waitingSince);
    }
  }
}
