import test from 'ava';
import { CompileError } from '#src/base/errors.js';
import { explain } from '#src/compiler/explain.js';

const explained = (source: string): ReturnType<typeof explain> =>
  explain(source, { file: 'file.ts', format: 'commonjs' });

test('a fiber function is explained with its sites and loops', (t) => {
  t.deepEqual(
    explained('class Server {\n  *run(): Operation<void> {\n    while (true)\n      yield* this.accept();\n  }\n}'),
    [
      {
        name: 'Server.run',
        line: 2,
        column: 4,
        verdict: 'fiber',
        reason: 'its sites are named and are checkpoints, its loops give way',
        sites: [{ line: 4, column: 7, callee: 'this.accept' }],
        loops: [{ line: 3, column: 5, keyword: 'while' }],
      },
    ],
  );
});

test('every generator function gets a verdict and its reason, in the order of the source', (t) => {
  const source = `
    function* fiber() { yield* x }
    function* data() { yield* x; yield 1; }
    function* nothing() { [].map(() => { for (;;) ; }) }
    async function* later() { yield* x }
    function* scoped() { with (a) yield* x }
    function* evaluated() { yield* eval('x') }
    function plain() { for (;;) ; }
    function* dataAndScoped() { with (a) yield 1 }
    function* nothingAndEvaluated() { eval('x') }
  `;
  t.deepEqual(
    explained(source).map(({ name, verdict, reason }) => `${name}: ${verdict}, ${reason}`),
    [
      'fiber: fiber, its sites are named and are checkpoints, its loops give way',
      'data: data, it has a bare `yield`, so it makes data for whoever iterates over it',
      'nothing: nothing to do, it has neither a `yield*` nor a loop',
      'later: left alone, an async generator is driven by promises, never by a fiber',
      'scoped: left alone, the object of a `with` statement could catch the names that the compiler puts in',
      'evaluated: left alone, a direct `eval` could see and change the names that the compiler puts in',
      'dataAndScoped: data, it has a bare `yield`, so it makes data for whoever iterates over it',
      'nothingAndEvaluated: nothing to do, it has neither a `yield*` nor a loop',
    ],
  );
});

test('what is compiled already is left alone, and said to be so', (t) => {
  const mention = "// require('heddle/compiled')\nfunction* f() { yield* x }";
  t.deepEqual(
    [mention.slice(3), mention].map((source) =>
      explained(source).map(({ verdict, reason }) => `${verdict}, ${reason}`),
    ),
    [
      ['left alone, it is compiled already: its file imports `heddle/compiled`'],
      ['fiber, its sites are named and are checkpoints, its loops give way'],
    ],
  );
});

test('what is left alone is explained with its sites and loops too', (t) => {
  const [data] = explained('function* data() { for (const x of y) { yield x; yield* z(x) } }');
  t.deepEqual(data!.loops, [{ line: 1, column: 20, keyword: 'for of' }]);
  t.deepEqual(data!.sites, [{ line: 1, column: 50, callee: 'z' }]);
});

test('a file without generators has nothing to explain, and one that is no program cannot be', (t) => {
  t.deepEqual(explained('const a = 1;'), []);
  t.throws(() => explained('const = 1;'), { instanceOf: CompileError, message: /^file\.ts:1:7: / });
});
