import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { main, sleep } from 'heddle';
import { socketDirectories, socketDirectory, socketPath } from '#src/inspect/socket-path.js';
import { findSocket } from '#src/inspect/list-programs.js';
import { useOwnRuntimeDirectory } from './directory.js';

const runtime = useOwnRuntimeDirectory();
const directory = join(runtime, 'heddle');

test.beforeEach(() => {
  process.env['XDG_RUNTIME_DIR'] = runtime;
  rmSync(directory, { recursive: true, force: true });
});

test.serial('the directory is made for its owner alone, whatever the umask', (t) => {
  const before = process.platform === 'win32' ? 0 : 0o777 & statSync(runtime).mode;
  t.is(socketDirectory(), directory);
  t.is(statSync(directory).mode & 0o777, 0o700);
  t.is(statSync(runtime).mode & 0o777, before);
  t.is(socketPath(42), join(directory, '42.sock'));
  t.true(socketDirectories().includes(directory));
});

test.serial('a directory that others may enter is refused, and not looked into', (t) => {
  mkdirSync(directory);
  chmodSync(directory, 0o755);
  t.throws(() => socketDirectory(), {
    code: 'ERR_HEDDLE_INSPECTION',
    message: /open to other users \(mode 755, not 700\)/,
  });
  t.false(socketDirectories().includes(directory));
});

test.serial('a link is refused, even to a good directory', (t) => {
  mkdirSync(join(runtime, 'real'), { mode: 0o700 });
  symlinkSync(join(runtime, 'real'), directory);
  t.throws(() => socketDirectory(), { code: 'ERR_HEDDLE_INSPECTION', message: /symbolic link/ });
});

test.serial('a file in its place is refused', (t) => {
  writeFileSync(directory, '');
  t.throws(() => socketDirectory(), { code: 'ERR_HEDDLE_INSPECTION', message: /not a directory/ });
});

test.serial('a runtime directory that does not exist is passed over', (t) => {
  process.env['XDG_RUNTIME_DIR'] = join(runtime, 'nowhere');
  t.regex(socketDirectories().join(), /^(?!.*nowhere)/);
});

test.serial('where nothing can be looked at there are no sockets, and that is no error', (t) => {
  const before = process.env['TMPDIR'];
  writeFileSync(directory, '');
  process.env['XDG_RUNTIME_DIR'] = process.env['TMPDIR'] = join(directory, 'deeper');
  try {
    t.deepEqual(
      socketDirectories().filter((path) => path.startsWith(runtime)),
      [],
    );
    t.throws(() => socketDirectory(), { code: 'ERR_HEDDLE_INSPECTION', message: /No directory for sockets: ENOTDIR/ });
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});

test.serial('a path that no socket can have is an error that says so', (t) => {
  const deep = join(runtime, 'd'.repeat(100));
  mkdirSync(deep, { recursive: true });
  process.env['XDG_RUNTIME_DIR'] = deep;
  t.throws(() => socketPath(1), { code: 'ERR_HEDDLE_INSPECTION', message: /too long for a socket/ });
});

test.serial('on Windows a program says nothing of inspection, and the command says what to do instead', async (t) => {
  const { platform } = process;
  const { error } = console;
  t.teardown(() => {
    Object.defineProperty(process, 'platform', { value: platform });
    console.error = error;
  });
  Object.defineProperty(process, 'platform', { value: 'win32' });
  console.error = (text: unknown) => t.fail(String(text));
  await main(() => sleep(1));
  t.throws(() => findSocket(1), { code: 'ERR_HEDDLE_INSPECTION', message: /On Windows .* `heddle graph FILE`/ });
});
