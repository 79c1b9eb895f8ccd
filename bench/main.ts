import { parseArguments, usage } from './command/arguments.js';
import { loadBenchmark } from './harness/catalogue.js';
import { measure } from './harness/measure.js';
import type { Pace } from './harness/pace.js';
import { announce } from './harness/server-process.js';
import { isSubjectName } from './harness/subject-name.js';
import { isUsageError, UsageError } from './harness/usage-error.js';

// Who reads with `head` has seen enough: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const [word, ...rest] = process.argv.slice(2);
try {
  // The commands are loaded when they are asked for: measuring processes start here, too, and should hold nothing else.
  if (word === 'overload') await (await import('./overload/command.js')).overload(rest);
  else if (word === 'report') await (await import('./report/command.js')).report(rest);
  else await obey();
} catch (error) {
  if (!isUsageError(error)) throw error;
  const command = word === 'report' || word === 'overload' ? `${word} ` : '';
  process.stderr.write(`${error.message}\nTry: npm run bench -- ${command}--help\n`);
  process.exitCode = 2;
}

async function obey(): Promise<void> {
  const order = parseArguments(process.argv.slice(2));
  switch (order.kind) {
    case 'help':
      return void process.stdout.write(usage);
    case 'child':
      return answerAsChild(order.pace, order.arguments);
    case 'server':
      return serve(order.arguments);
    case 'run':
      return (await import('./command/run.js')).run(order);
  }
}

/** Answers to the parent process, or on standard output when started by hand. */
async function answerAsChild(pace: Pace, [benchmark = '', subject = '', point = '']: readonly string[]): Promise<void> {
  // Nobody is left to answer to.
  process.once('disconnect', () => process.exit());
  const answer = await measure(benchmark, subject, point, pace);
  if (process.send === undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
  else process.send(answer, () => process.exit());
}

/** The server that a measuring process loads. */
async function serve([name = '', subject = '']: readonly string[]): Promise<void> {
  const server = isSubjectName(subject) ? (await loadBenchmark(name)).servers?.[subject] : undefined;
  if (server === undefined) throw new UsageError(`Benchmark \`${name}\` has no server \`${subject}\``);
  server(announce);
}
