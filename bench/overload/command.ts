import { parseArguments, usage } from './arguments.js';
import { checkNodeFlags } from './check-node-flags.js';
import { generate } from './generator/generate.js';
import { runScenarios } from './run-scenarios.js';
import type { ServerOrder } from './servers/order.js';
import { serve } from './servers/serve.js';
import { serveDistantPool } from './jobs/distant-pool.js';

/**
 * `npm run bench -- overload …`: everything behind that word, and the processes that it starts.
 *
 * @throws {UsageError}, or what `parseArgs` throws.
 */
export async function overload(args: readonly string[]): Promise<void> {
  const order = parseArguments(args);
  switch (order.kind) {
    case 'help':
      process.stdout.write(usage);
      return;
    case 'server':
      return serve(JSON.parse(order.order) as ServerOrder);
    case 'generator':
      return generate();
    case 'pool':
      process.stdin.resume().on('end', () => process.exit(0));
      return serveDistantPool((port) => process.stdout.write(`${port}\n`));
    case 'run':
      checkNodeFlags(order.settings.nodeFlags);
      return runScenarios(order.settings, order.json);
  }
}
