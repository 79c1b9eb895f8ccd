import test from 'ava';
import { complain } from '#src/io/complain.js';

test.serial('a console that throws fails nobody who has something to complain about', (t) => {
  const { error } = console;
  const printed: string[] = [];
  t.teardown(() => (console.error = error));
  console.error = () => {
    throw new Error('of the console');
  };
  t.notThrows(() => complain('first', () => console.error('first')));
  console.error = (line: string) => void printed.push(line);
  complain('second', () => console.error('second'));
  complain('second', () => console.error('second'));
  t.deepEqual(printed, ['second']);
});
