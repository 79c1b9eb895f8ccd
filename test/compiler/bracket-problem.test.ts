import test from 'ava';
import { bracketProblem } from '#src/compiler/bracket-problem.js';

/** More than the stack of a thread bears that was not given a larger one. */
const MANY = 2_100;

test('too many open brackets are found, whatever is between them', (t) => {
  const openings = ['(', '[', '{', 'f(', 'a={b:[', "g('x',", '"\\"",[', "\\'(", "{// don't\n"];
  for (const opening of openings) {
    const found = bracketProblem(`let a;${opening.repeat(MANY)}`);
    t.regex(found?.message ?? 'none', /^Nested too deeply: more than 2000 brackets are open here$/, opening);
    t.true(found!.start > 2_000 && found!.start < opening.length * 2_010, opening);
  }
});

test('brackets that are closed, or stand in strings, are as many as they like', (t) => {
  const texts = ['[]', '({', "':(',", '":(",\n', "'\\'(',", "')'", ")'(',", 'f({a:[1]});\n', '([{}])'];
  for (const text of texts) {
    const most = text === '({' ? 999 : 10_000;
    t.is(bracketProblem(text.repeat(most)), null, text);
  }
});

test('apostrophes and escapes without end take no time', (t) => {
  for (const text of ["\\'", "'\\'", '"\'', "'\\\\'"]) t.is(bracketProblem(text.repeat(1_000_000)), null, text);
});
