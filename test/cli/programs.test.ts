import { execFile } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import test from 'ava';

/** Runs the command line and returns what it says and its exit code. */
function heddle(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['dist/cli/main.js', ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test('a directory or a program that is not there is an error in one line', async (t) => {
  for (const [command, missing] of [
    ['serve', 'directory'],
    ['run', 'program'],
  ] as const) {
    const { code, stderr } = await heddle(command, '/nowhere/at-all');
    t.is(code, 1);
    t.regex(stderr, new RegExp(`^heddle: Expected .* to be a ${missing}, got .*\n$`));
  }
});

test('a port that is taken is an error in one line', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await heddle('serve', 'docs', '--port', String(port), '--inspect-port', '0');
  other.close();
  t.is(code, 1);
  t.regex(stderr, /^heddle: http\.listen: .*EADDRINUSE.*\n$/);
});
