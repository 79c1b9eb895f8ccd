import test from 'ava';
import { mayHaveGenerators } from '#src/compiler/may-have-generators.js';

test('long comments where a method could begin are passed over once, and not in every possible way', (t) => {
  for (const comments of ['// a // b\n'.repeat(200), '/* a */ /* b */'.repeat(200), ' \n'.repeat(2000)]) {
    t.false(mayHaveGenerators(`const a = 2 * ${comments} b;`));
    t.true(mayHaveGenerators(`const a = { * ${comments} m() { for (;;) return 1; } };`));
  }
});
