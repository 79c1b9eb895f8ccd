import test from 'ava';
import { transform } from '#src/compiler/transform.js';

/** The body of a generator function as it is compiled, on one line. */
function compiled(body: string, before: string = '', format: 'module' | 'commonjs' = 'module'): string {
  const { code } = transform(`${before}function* f(p, { q }, ...r) { ${body} }`, { file: 'file.js', format })!;
  return /^.*?let \$b = 0; (.*) \}$/m.exec(code)![1]!;
}

/** The variables that are made sure of before a loop. */
function guarded(body: string): string[] {
  return Array.from(
    compiled(body).matchAll(/(\w+) = typeof \1 === 'number' \? \+\1 : \$same\(\1\);/g),
    ([, name]) => name!,
  );
}

const LOOP = 'for (;;) { x += y; }';

test('a loop that computes and cannot suspend is left to give way, and entered again', (t) => {
  t.is(
    compiled('for (let i = 0; i < 9; i++) g(i)'),
    "for (let i = 0; ; ($b = $pause(1, $c)) < 0 && (yield* $preempted, $b = 1)) { i = typeof i === 'number' ? +i : $same(i); for (; $b-- > 0 && (i < 9); i++) { g(i) } if ($b >= 0) break; }",
  );
  t.is(
    compiled('while (p) { p-- }'),
    "for (; ; ($b = $pause(1, $c)) < 0 && (yield* $preempted, $b = 1)) { p = typeof p === 'number' ? +p : $same(p); while ($b-- > 0 && (p)) { p-- } if ($b >= 0) break; }",
  );
  t.is(
    compiled('for (const x of r) p += x'),
    "{ let $n; do { p = typeof p === 'number' ? +p : $same(p); for (const x of $n ??= $indexed(r)) { const $w = x; let $i = $n.at; for (; $b-- > 0 && ($i + 1 <= +$w.length || ($i = $n.more()) >= 0); $i++) { const x = $w[$i]; p += x } if ($b < 0) $n.leave($i); break; } } while ($b < 0 && (($b = $pause(1, $c)) >= 0 || (yield* $n.turn($preempted), $b = 1))); }",
  );
  t.is(
    compiled('for (const [x] of r) p += x'),
    "{ let $n; do { p = typeof p === 'number' ? +p : $same(p); for (const [x] of $n ??= $each(r, $b, $b = 0)) { p += x } } while (($b = $n.left) < 0 && (($n.left = $pause(1, $c)) >= 0 || (yield* $n.turn($preempted), $n.left = 1))); }",
  );
});

test('what has no end of its own gets none, and type checkers see what comes behind it as before', (t) => {
  const endsItself = (loop: string): boolean => compiled(loop).includes('if ($b >= 0) break;');
  for (const loop of [
    'for (;;) p++',
    'for (let i = 0; ; i++) { if (i > p) return i; continue; }',
    'while (true) { p++; }',
  ])
    t.false(endsItself(loop), loop);
  for (const loop of [
    'for (;;) { p++; break; }',
    'for (;;) { p++; switch (p) { case 1: break; } }',
    'while (1) p++',
    'for (; p;) p--',
  ])
    t.true(endsItself(loop), loop);
});

for (const [why, loop] of Object.entries({
  'can suspend': 'for (let i = 0; i < 9; i++) { yield* g(i); }',
  'has another loop in it': 'for (let i = 0; i < 9; i++) { do p; while (g()) }',
  'has variables that closures keep': 'for (let i = 0; i < 9; i++) { g(() => i); }',
  'has variables that classes keep': 'for (let i = 0; i < 9; i++) { g(class { x = i; }); }',
  'is continued by its label': 'l: for (let i = 0; i < 9; i++) { continue l; }',
  'computes nothing': 'while (g()) { q.push(p); }',
  'ends with its condition': 'do { p++; } while (p < 9)',
  'enumerates keys': 'for (const key in q) { p += key; }',
}))
  test(`a loop that ${why} stays one`, (t) => {
    t.true(compiled(loop).includes('if (--$b < 0 && ($b = $pause('));
    t.deepEqual(guarded(loop), []);
  });

test('a for…of that declares one name goes through its items by index, unless it is continued by its label', (t) => {
  const isIndexed = (loop: string): boolean => compiled(loop).includes('$indexed(r)');
  for (const loop of [
    'for (const x of r);',
    'for (let x of r) { let x = 1; }',
    'l: for (const x of r) { if (x) break l; continue; }',
    'l: while (g()) for (let async of r) continue l;',
    'for (let \\u0061 of r) { a++; }',
  ])
    t.true(isIndexed(loop), loop);
  for (const loop of [
    'for (var x of r);',
    'for (p of r);',
    'for (p.x of r);',
    'for (const [x] of r);',
    'for (let { x } of r);',
    'l: k: for (const x of r) { continue l; }',
    'l: k: for (const x of r) { { continue k; } }',
  ])
    t.true(compiled(loop).includes('$each(r, $b, $b = 0)'), loop);
});

test('only variables of the function that have certainly been initialised are made sure of', (t) => {
  const x = (before: string, after: string = ''): string[] => guarded(`${before} ${LOOP} ${after}`);
  t.deepEqual(x('let x;'), ['x']);
  t.deepEqual(x('var x;'), ['x']);
  t.deepEqual(x('', 'var x;'), ['x']);
  t.deepEqual(x('let { a: [x] } = q;'), ['x']);
  t.deepEqual(x('let x; {', '}'), ['x']);
  t.deepEqual(x('for (let x of r) {', '}'), ['x']);
  t.deepEqual(x('for (let x = 0; ; ) {', '}'), ['x']);
  t.deepEqual(guarded('for (;;) { p++; q++; r++; s++; }'), ['p', 'q', 'r']);

  t.deepEqual(x(''), []);
  t.deepEqual(x('', 'let x;'), []);
  t.deepEqual(x('const x = 1;'), []);
  t.deepEqual(x('let x; { const x = 1;', '}'), []);
  t.deepEqual(x('let x; {', 'let x; }'), []);
  t.deepEqual(x('let x; {', 'class x {} }'), []);
  t.deepEqual(x('let x; {', 'function x() {} }'), []);
  t.deepEqual(x('let x; switch (p) { case 1: let x; case 2:', '}'), []);
  t.deepEqual(x('let x; try {} catch (x) {', '}'), []);
  t.deepEqual(x('let x; try {} catch ({ a: x }) {', '}'), []);
  t.deepEqual(x('let x; for (const x of r) {', '}'), []);
  t.deepEqual(guarded('let x; for (let x of r) x += 1;'), []);
  t.deepEqual(guarded('let x; for (const x = 1; ; ) x += 1;'), []);
});

test('what is assigned by arithmetic is taken for a number', (t) => {
  const x = (statement: string): boolean => guarded(`let x; for (;;) { p++; ${statement} }`).includes('x');
  for (const numeric of [
    'x++',
    '--x',
    'x += y',
    'x **= 2',
    'x >>>= y',
    'x = y * 2',
    'x = (y | 0)',
    'x = -y',
    'x = Math.max(x, y)',
  ])
    t.true(x(numeric), numeric);
  for (const other of [
    'x = y',
    'x = g(y)',
    "x += 'text'",
    'x += `${y}`',
    "x = y + ','",
    'x ??= y',
    'x ||= 1',
    'x = !y',
    'x = y < 2',
    'x.y += 1',
    '[x] = y',
    'g(() => { x++; })',
  ])
    t.false(x(other), other);
});
