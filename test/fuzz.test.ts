import test from 'ava';
import fc from 'fast-check';
import { fuzzSeeds } from './support/fuzz.js';

/** What `act` writes to standard error by the console. */
function printed(act: () => void): string {
  const { error } = console;
  let text = '';
  console.error = (line: string) => void (text += line);
  try {
    act();
  } finally {
    console.error = error;
  }
  return text;
}

test.serial('a property that fails prints its seed and what it failed with, whatever AVA shows', (t) => {
  const text = printed(() =>
    t.throws(() =>
      fc.assert(
        fc.property(fc.nat(), (n) => {
          if (n > 4) throw new Error('too much');
        }),
      ),
    ),
  );
  t.regex(text, /seed: -?\d+/);
  t.regex(text, /Counterexample: \[5\]/);
  t.regex(text, /too much/);
});

test.serial('a loop over seeds prints the one with which it failed', (t) => {
  const text = printed(() =>
    t.throws(() => {
      let runs = 0;
      for (const _ of fuzzSeeds(5)) if (++runs === 3) throw new Error('boom');
    }),
  );
  t.is(text, `Failed with FUZZ_SEED=${Number(process.env['FUZZ_SEED'] ?? 1) + 2}`);
});
