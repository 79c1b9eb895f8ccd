import { SimulatedServer, type Simulation } from './simulated-server.js';
import { peakOf, type Workload } from './workloads.js';

/** Runs a server that is offered so many times what it can do. */
export function offer(workload: Workload, load: number, options: Partial<Simulation> = {}): SimulatedServer {
  const rate = peakOf(workload) * load;
  return new SimulatedServer({ ...workload, kinds: workload.kinds(), rate, seconds: SECONDS, ...options }).run();
}

export const SEEDS = [1, 2, 3];
export const SECONDS = 6;
/** From here on, in seconds, what work costs is known, and queues stand as they will. */
export const SETTLED = 3;
