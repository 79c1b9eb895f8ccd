/** What a benchmark reports. The name is the one that stands in the JSON lines and carries the unit. */
export interface Metric {
  readonly name: string;
  readonly better: 'lower' | 'higher';
  /**
   * It tells of the measurement and not of who is measured: it stands in the
   * lines and in captions, and is compared with nothing.
   */
  readonly condition?: true;
}

export const nanosecondsPerOperation: Metric = { name: 'ns/op', better: 'lower' };
export const cpuNanosecondsPerOperation: Metric = { name: 'cpu ns/op', better: 'lower' };
export const bytesPerTask: Metric = { name: 'bytes/task', better: 'lower' };
export const itemsPerSecond: Metric = { name: 'items/s', better: 'higher' };
export const tokensPerSecond: Metric = { name: 'tokens/s', better: 'higher' };
export const readsPerSecond: Metric = { name: 'reads/s', better: 'higher' };
export const requestsPerSecond: Metric = { name: 'requests/s', better: 'higher' };
/** CPU of the server's process only, user and system: what a client that is slow itself cannot hide. */
export const serverCpuPerRequest: Metric = { name: 'server cpu µs/request', better: 'lower' };
/** Of what a client sees, from the moment it asked. */
export const p99Ms: Metric = { name: 'p99 ms', better: 'lower' };
/** From the start of a process to its end. */
export const startMs: Metric = { name: 'start ms', better: 'lower' };
export const medianMs: Metric = { name: 'median ms', better: 'lower' };
