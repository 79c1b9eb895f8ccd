import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { address, port } from '../arguments.js';

interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly inspectPort: number;
  readonly hidden?: true;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('serve the files of a directory, with the live blocking graph of the server beside it')
    .argument('[directory]', 'what to serve; docs if there is one, else the current directory')
    .option('--port <n>', 'port to serve at, 0 for any', port, 8080)
    .option('--host <name>', 'address to serve at', address, '127.0.0.1')
    .option('--inspect-port <n>', 'port of the page with the graph, on 127.0.0.1, 0 for any', port, 8081)
    .option('--hidden', 'serve also what begins with a dot, such as .env and .git')
    .action(async (directory: string | undefined, options: ServeOptions) => {
      const root = directory ?? (existsSync('docs') ? 'docs' : '.');
      const { serveDirectory } = await import('../../serve/serve-directory.js');
      const { port: at, host, inspectPort, hidden = false } = options;
      serveDirectory({ root, port: at, host, inspectPort, hidden });
    });
}
