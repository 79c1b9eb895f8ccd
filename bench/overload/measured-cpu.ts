import type { PhaseBegins } from './generator/assignment.js';
import type { ServerProcess } from './server-process.js';
import type { ServerUsage } from './servers/order.js';

/** A server's processor time from the beginning to the end of what is measured: warm-up and tail are not in it. */
export class MeasuredCpu {
  private readonly server: Pick<ServerProcess, 'usage'>;
  private readonly marks: Promise<ServerUsage | null>[] = [];

  constructor(server: Pick<ServerProcess, 'usage'>) {
    this.server = server;
  }

  /** To be told of every phase that begins. */
  enter({ measuring }: PhaseBegins): void {
    if (measuring !== this.marks.length % 2 > 0) this.marks.push(this.server.usage());
  }

  /** Null where the server ended before. */
  async microseconds(): Promise<number | null> {
    const [start, end] = await Promise.all(this.marks);
    return start && end ? end.cpuMicroseconds - start.cpuMicroseconds : null;
  }
}
