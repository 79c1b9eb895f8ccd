import type { Scenario } from './scenario.js';
import { ServerProcess } from './server-process.js';
import type { ServerOrder } from './servers/order.js';
import type { Settings } from './settings.js';
import type { OverloadSubject, StaticSetting } from './subject.js';

/** What of a server is to be varied. */
export interface Cast {
  readonly subject: OverloadSubject;
  /** Switches of heddle that are off; none unless given. */
  readonly without?: readonly string[];
  readonly setting?: StaticSetting;
}

/** Starts the servers of a scenario for `use`, and ends them however it ends. */
export async function onStage<T>(
  scenario: Scenario,
  settings: Settings,
  { subject, without = [], setting }: Cast,
  use: (server: ServerProcess) => Promise<T>,
): Promise<T> {
  const pool = scenario.distantPool === true ? await ServerProcess.startPool() : null;
  try {
    const order: ServerOrder = {
      scenario: scenario.name,
      subject,
      ...(setting !== undefined && { setting }),
      without,
      goal: settings.deadlineMs,
      poolPort: pool?.port ?? 0,
    };
    const server = await ServerProcess.start(scenario, order, settings.nodeFlags);
    try {
      return await use(server);
    } finally {
      await server.stop();
    }
  } finally {
    await pool?.stop();
  }
}
