import { rmSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchmarkNames, loadBenchmark } from './harness/catalogue.js';
import { compare } from './harness/compare.js';
import { buildGoPeers, goIsInstalled } from './harness/go-program.js';
import { measure } from './harness/measure.js';
import { openOutput, showProgress, type Output } from './harness/output.js';
import { announce } from './harness/server-process.js';
import { isSubjectName, subjectNames, type SubjectName } from './harness/subject-name.js';
import { table } from './harness/table.js';
import { wrkIsInstalled } from './harness/wrk.js';

const usage = `Usage: npm run bench -- [names…] [options]

Measures heddle beside its peers. Subjects take turns, each in a process of its own; values are medians.

Names: ${benchmarkNames.join(', ')} (default: all);
and alone, with options of its own (overload --help): overload

  --quick        less than a minute for each benchmark: shorter, fewer cases, fewer runs
  --peers a,b    run only these beside heddle (${subjectNames.slice(1).join(', ')})
  --runs N       process starts for each subject and case (default: 7, quick: 3)
  --json FILE    write the results to FILE, one JSON object a line (-: standard output)
  --help         print this

Without --json a terminal gets tables, anything else gets the JSON lines.
`;

/** It has options of its own, and takes too long to be one of all. */
const overloadArguments = process.argv[2] === 'overload' ? process.argv.slice(3) : null;
const { values: flags, positionals } = readArguments();

if (overloadArguments !== null) await (await import('./overload/command.js')).overload(overloadArguments);
else if (flags.help) process.stdout.write(usage);
else if (flags.child) await answerAsChild();
else if (flags.server) await serve();
else await runBenchmarks();

function readArguments() {
  try {
    return parseArgs({
      args: overloadArguments === null ? process.argv.slice(2) : [],
      allowPositionals: true,
      options: {
        json: { type: 'string' },
        peers: { type: 'string' },
        runs: { type: 'string' },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        // Used between the processes of one run, and by hand to profile one subject.
        child: { type: 'boolean', default: false },
        server: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(message: string): never {
  process.stderr.write(`${message}\nTry: npm run bench -- --help\n`);
  process.exit(2);
}

/** `--child BENCHMARK SUBJECT CASE`: answers to the parent process, or on standard output when started by hand. */
async function answerAsChild(): Promise<void> {
  const [benchmark = '', subject = '', point = ''] = positionals;
  const answer = await measure(benchmark, subject, point, flags.quick);
  if (process.send === undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
  else process.send(answer, () => process.exit());
}

/** `--server BENCHMARK SUBJECT`: the server that a measuring process loads. */
async function serve(): Promise<void> {
  const [name = '', subject = ''] = positionals;
  const server = isSubjectName(subject) ? (await loadBenchmark(name)).servers?.[subject] : undefined;
  if (server === undefined) return refuse(`Benchmark \`${name}\` has no server \`${subject}\``);
  server(announce);
}

async function runBenchmarks(): Promise<void> {
  const names = positionals.length === 0 ? benchmarkNames : positionals;
  for (const name of names) {
    if (!benchmarkNames.includes(name)) refuse(`Unknown benchmark \`${name}\`; there are ${benchmarkNames.join(', ')}`);
  }
  const runs = flags.runs === undefined ? (flags.quick ? 3 : 7) : Number(flags.runs);
  if (!Number.isInteger(runs) || runs < 1) refuse(`Expected \`--runs\` to be an integer ≥ 1, got \`${flags.runs}\``);

  if (names.includes('http') && !wrkIsInstalled())
    process.stderr.write('wrk: skipped, it is not on the PATH; the load on http comes from a client in Node\n');
  const output = openResults();
  const { subjects, go } = chooseSubjects();
  output.table?.(
    `Node ${process.version}, ${availableParallelism()} processors, ${cpus()[0]?.model ?? 'model unknown'}\n`,
  );
  try {
    for (const name of names) {
      const benchmark = await loadBenchmark(name);
      const lines = await compare(benchmark, {
        subjects,
        runs,
        quick: flags.quick,
        environment: { ...process.env, ...go?.environment },
        emit: (line) => output.json?.(`${JSON.stringify(line)}\n`),
        progress: showProgress,
        fail: (text) => {
          process.stderr.write(`${text}\n`);
          process.exitCode = 1;
        },
      });
      showProgress('');
      output.table?.(table(benchmark, lines));
    }
  } finally {
    if (go !== undefined) rmSync(go.directory, { recursive: true });
  }
}

/** heddle and the peers that were asked for, without those that this machine cannot run. */
function chooseSubjects(): { subjects: readonly SubjectName[]; go: ReturnType<typeof buildGoPeers> | undefined } {
  const asked = flags.peers?.split(',') ?? subjectNames;
  for (const name of asked) {
    if (!isSubjectName(name)) refuse(`Unknown peer \`${name}\`; there are ${subjectNames.slice(1).join(', ')}`);
  }
  const subjects = subjectNames.filter((name) => name === 'heddle' || (asked as readonly string[]).includes(name));
  if (!subjects.includes('go')) return { subjects, go: undefined };
  if (goIsInstalled()) {
    showProgress('building the Go peers');
    return { subjects, go: buildGoPeers() };
  }
  process.stderr.write('go: skipped, there is no `go` on the PATH\n');
  return { subjects: subjects.filter((name) => name !== 'go'), go: undefined };
}

function openResults(): Output {
  try {
    return openOutput(flags.json);
  } catch (cause) {
    return refuse(`Cannot write \`--json ${flags.json}\`: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
