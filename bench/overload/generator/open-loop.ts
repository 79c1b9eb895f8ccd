import { seededRandom } from '../random.js';
import { Arrivals } from './arrivals.js';
import type { OpenAssignment, OpenResult, Outcome, PhaseBegins } from './assignment.js';
import type { Attempt, Transport } from './attempt.js';
import { HealthProbe } from './health-probe.js';
import { OwnLoadMeter } from './own-load-meter.js';
import { Requests } from './requests.js';
import { SlowClients } from './slow-clients.js';
import { Tally } from './tally.js';
import { transportFor } from './transport-for.js';

/** The pause before the first repetition in ms; doubled for each further one, and spread by half of it to both sides. */
const backOffMs = 100;

/** So long at most it sends without reading what has come: answers that lie here would look late. */
const sendingMs = 4;

/**
 * What is so late already is not sent, and said to be the generator's own failure. Sending it would make what follows late as
 * well, and a generator that was held up once would never catch up.
 */
const hopelessMs = 100;

/** A run of an open loop: sends what is due, gives up what is late, repeats what failed. */
export class OpenLoop {
  private readonly assignment: OpenAssignment;
  private readonly tell: (message: PhaseBegins) => void;
  /** Of the pauses before repetitions: what failed must not decide over what arrives. */
  private readonly backOff: () => number;
  private readonly arrivals: Arrivals;
  private readonly requests: Requests;
  private readonly tally: Tally;
  private readonly transport: Transport;
  private readonly meter = new OwnLoadMeter();
  private readonly probe: HealthProbe | null;
  private readonly startedAt = performance.now();
  /** In the order of their intended starts, which is the order of their deadlines. */
  private flying: Attempt[] = [];
  private oldest = 0;
  private toRepeat = 0;
  private retried = 0;
  private phase = -1;

  constructor(assignment: OpenAssignment, tell: (message: PhaseBegins) => void) {
    const { port, classes, connections, seed, phases, peak } = assignment;
    this.assignment = assignment;
    this.tell = tell;
    this.arrivals = new Arrivals(phases, peak, seededRandom(seed));
    this.requests = new Requests(classes, connections, seed + 1);
    this.backOff = seededRandom(seed + 2);
    this.tally = new Tally(
      classes.map(({ name }) => name),
      phases,
    );
    this.probe = assignment.health ? new HealthProbe(port, assignment.deadlineMs) : null;
    const settle = (attempt: Attempt, outcome: Outcome): void => this.settle(attempt, outcome);
    this.transport = transportFor(connections, port, settle);
  }

  async run(): Promise<OpenResult> {
    const { port, phases, slowClients } = this.assignment;
    const slow = new SlowClients(port, slowClients);
    slow.start();
    this.probe?.open();
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (this.tick(performance.now())) return;
        clearInterval(timer);
        resolve();
      }, 1);
    });
    slow.stop();
    this.transport.close();
    return {
      kind: 'open',
      seconds: phases.reduce((sum, { seconds, measured }) => sum + (measured ? seconds : 0), 0),
      classes: this.tally.classes(),
      all: this.tally.all(),
      timeline: this.tally.timeline(),
      retried: this.retried,
      health: this.probe?.stop() ?? null,
      own: this.meter.stop(this.tally.all().outcomes.unsent),
    };
  }

  /** Answers whether there is more to do. */
  private tick(now: number): boolean {
    const elapsed = now - this.startedAt;
    this.enterPhase(elapsed);
    for (; this.arrivals.next <= elapsed; this.arrivals.advance()) {
      if (performance.now() - now > sendingMs) break;
      const kind = this.requests.draw();
      const second = this.tally.secondOf(this.arrivals.placeAt(this.arrivals.next));
      const intendedAt = this.startedAt + this.arrivals.next;
      if (second !== -1) this.tally.arrived(kind);
      this.launch({ kind, second, intendedAt, counts: second !== -1, retriesLeft: this.assignment.retries });
    }
    this.expire(now);
    return this.arrivals.next !== Infinity || this.flying.length > 0 || this.toRepeat > 0;
  }

  private enterPhase(elapsed: number): void {
    const { phases } = this.assignment;
    while (this.phase + 1 < phases.length && this.arrivals.beginOf(this.phase + 1) <= elapsed) {
      const { name, cost = 1, measured } = phases[++this.phase]!;
      // From the first second that counts to the end: the warm-up of the generator's own code is not its load.
      if (measured && !phases[this.phase - 1]?.measured) {
        this.meter.start();
        this.probe?.start();
      }
      this.tell({ kind: 'phase', name, cost, measuring: measured });
    }
  }

  private launch(plan: Pick<Attempt, 'kind' | 'second' | 'intendedAt' | 'counts' | 'retriesLeft'>): void {
    const attempt: Attempt = { ...plan, bytes: this.requests.bytes[plan.kind]!, settled: false, abandon: null };
    this.tally.sent(attempt);
    const lateMs = performance.now() - attempt.intendedAt;
    if (attempt.second !== -1) this.meter.sent(lateMs);
    if (lateMs > hopelessMs) return this.settle(attempt, 'unsent');
    this.flying.push(attempt);
    this.transport.send(attempt);
  }

  private expire(now: number): void {
    const { deadlineMs } = this.assignment;
    for (; this.oldest < this.flying.length; this.oldest++) {
      const attempt = this.flying[this.oldest]!;
      if (attempt.settled) continue;
      if (now - attempt.intendedAt < deadlineMs) break;
      this.settle(attempt, 'timeout');
      attempt.abandon?.();
    }
    // Now and then: moving the rest costs, and holding on to what is over costs memory.
    if (this.oldest < 4096 && this.oldest < this.flying.length) return;
    this.flying = this.flying.slice(this.oldest);
    this.oldest = 0;
  }

  private settle(attempt: Attempt, outcome: Outcome): void {
    attempt.settled = true;
    const latencyMs = performance.now() - attempt.intendedAt;
    const known = outcome === 'good' && latencyMs > this.assignment.deadlineMs ? 'timeout' : outcome;
    if (known === 'good' || attempt.retriesLeft === 0) this.tally.ended(attempt, known, latencyMs);
    else this.repeat(attempt);
  }

  /** After a pause; what a repetition takes is measured from its own start. */
  private repeat({ kind, counts, retriesLeft }: Attempt): void {
    const pause = backOffMs * 2 ** (this.assignment.retries - retriesLeft) * (0.5 + this.backOff());
    this.toRepeat++;
    setTimeout(() => {
      this.toRepeat--;
      this.retried++;
      const intendedAt = performance.now();
      const second = this.tally.secondOf(this.arrivals.placeAt(intendedAt - this.startedAt));
      this.launch({ kind, second, intendedAt, counts, retriesLeft: retriesLeft - 1 });
    }, pause);
  }
}
