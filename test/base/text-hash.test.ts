import test from 'ava';
import { textHash } from '#src/base/text-hash.js';

test('a text has the same hash in any process, and another text another', (t) => {
  t.is(textHash('sleep\n/srv/app.js:3:7'), '22rnijzz2md');
  const texts = Array.from({ length: 10_000 }, (_, i) => `node ${i}`);
  t.is(new Set(texts.map(textHash)).size, texts.length);
});
