import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import test from 'ava';

/** The file server as its users run it, and real clients: curl, wrk, a browser. */
const run = promisify(execFile);
let server: ChildProcess;
let files = '';
let page = '';

test.before(async () => {
  server = spawn(process.execPath, ['dist/cli/main.js', 'serve', 'docs', '--port', '0', '--inspect-port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(server.stdout!)) {
    files ||= /^files .*(http:\S+?)\/?$/.exec(line)?.[1] ?? '';
    page ||= /^blocking graph .*(http:\S+?)\/?$/.exec(line)?.[1] ?? '';
    if (page !== '') break;
  }
});

test.after.always(async () => {
  if (server.exitCode !== null) return;
  server.kill('SIGINT');
  const [code] = await once(server, 'exit');
  if (code !== 130) throw new Error(`exit code ${code} after SIGINT`);
});

test.serial('curl gets a file, a part of it, and not what is outside', async (t) => {
  const text = readFileSync('docs/semantics.md', 'utf8');
  t.is((await run('curl', ['-s', `${files}/semantics.md`])).stdout, text);
  t.is((await run('curl', ['-s', '-r', '2-10', `${files}/semantics.md`])).stdout, text.slice(2, 11));
  const outside = await run('curl', ['-s', '--path-as-is', '-w', '%{http_code}', `${files}/../package.json`]);
  t.is(outside.stdout, 'Not found\n404');
});

test.serial('under load from wrk every answer is a good one, and heddle graph sees the requests', async (t) => {
  const load = run('wrk', ['-t1', '-c100', '-d4', `${files}/semantics.md`]);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { stdout: graph } = await run(process.execPath, ['dist/cli/main.js', 'graph', String(server.pid)]);
  const { stdout: report } = await load;
  t.notRegex(report, /Non-2xx|Socket errors/);
  t.true(Number(/([\d.]+) requests in|(\d+) requests in/.exec(report)?.[1]) > 500, report);
  t.regex(graph, /fs\(read\)\s+file/);
  t.regex(graph, /100 tickets/);
});

test.serial('a browser draws the live graph', async (t) => {
  const profile = mkdtempSync(join(tmpdir(), 'heddle-browser-'));
  try {
    const { stdout: html } = await run(
      'chromium',
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        `--user-data-dir=${profile}`,
        '--virtual-time-budget=6000',
        '--dump-dom',
        `${page}/`,
      ],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    t.regex(html, /<svg[^>]*>/);
    t.regex(html, /fs\(read\)/);
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
});
