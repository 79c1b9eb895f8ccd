import { parseArguments, usage, type Order } from './arguments.js';
import { generate } from './generator/generate.js';
import { runScenarios } from './run-scenarios.js';
import type { ServerOrder } from './servers/order.js';
import { serve } from './servers/serve.js';
import { serveDistantPool } from './jobs/distant-pool.js';

/** `npm run bench -- overload …`: everything behind that word, and the processes that it starts. */
export async function overload(args: readonly string[]): Promise<void> {
  let order: Order;
  try {
    order = parseArguments(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nTry: npm run bench -- overload --help\n`);
    process.exitCode = 2;
    return;
  }
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
      return runScenarios(order.settings, order.json);
  }
}
