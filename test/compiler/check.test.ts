import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { applyFixes } from '#src/compiler/check/apply-fixes.js';
import type { Finding } from '#src/compiler/check/finding.js';
import { findMisuses } from '#src/compiler/check/find-misuses.js';
import { gatherFacts } from '#src/compiler/check/gather-facts.js';
import { Project } from '#src/compiler/check/project.js';
import { readTree } from '#src/compiler/check/read-tree.js';
import { fix, report } from '#src/compiler/check/report.js';
import { ShapeFinder } from '#src/compiler/check/shape-finder.js';
import { fuzzRuns } from '../support/fuzz.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function findingsIn(files: Readonly<Record<string, string>>, file: string): readonly Finding[] {
  const project = new Project(() => null);
  for (const [name, text] of Object.entries(files)) project.set(name, text);
  const [checked] = project.check([file]);
  if (checked!.problem !== null) throw new SyntaxError(`${checked!.problem.message} in\n${checked!.text}`);
  return checked!.findings;
}

/** In the code a comment with the kind of the finding stands before every expression that is to be found, and only there. */
function finds(t: ExecutionContext, code: string, others: Readonly<Record<string, string>> = {}, file = 'a.ts'): void {
  const found = findingsIn({ ...others, [file]: code }, file).map(({ kind, start }) => [kind, start]);
  const marked = [
    ...code.matchAll(
      /\/\*(dropped|unused|tested|member|returned|yielded|awaited|callback|generator|iterated|text)\*\/\s*/g,
    ),
  ].map((mark) => [mark[1], mark.index + mark[0].length]);
  t.deepEqual(found, marked, code);
}

function fixes(t: ExecutionContext, code: string, fixed: string): void {
  const project = new Project(() => null);
  project.set('a.ts', code);
  t.is(fix(project, ['a.ts']).changed.get('a.ts'), fixed);
}

const HEDDLE = "import { all, channel, main, mutex, race, run, scope, sleep, spawn, withTimeout } from 'heddle';\n";

test('an operation that is a statement of its own is found', (t) => {
  finds(t, `${HEDDLE} function* f() { /*dropped*/ sleep(1); yield* sleep(1); }`);
  finds(t, `${HEDDLE} function* f() { (/*dropped*/ sleep(1)); /*dropped*/ sleep(1), /*dropped*/ sleep(2); }`);
  finds(t, `${HEDDLE} function* f(a) { a && /*dropped*/ sleep(1); a ? /*dropped*/ sleep(1) : /*dropped*/ sleep(2); }`);
  finds(t, `${HEDDLE} function* f() { for (/*dropped*/ sleep(1); ; /*dropped*/ sleep(2)) ; }`);
  finds(t, `${HEDDLE} const f = function* () { if (f) /*dropped*/ sleep(1); else { /*dropped*/ sleep(2) } };`);
  finds(t, `${HEDDLE} function* f() { try { /*dropped*/ sleep(1); } finally { label: /*dropped*/ sleep(2); } }`);
  finds(
    t,
    `${HEDDLE} class A { *f() { /*dropped*/ sleep(1); } static { /*dropped*/ sleep(1); } g = () => { /*dropped*/ sleep(1) } }`,
  );
  finds(t, `${HEDDLE} /*dropped*/ sleep(1); function f() { /*dropped*/ sleep(1); }`);
});

test('an operation that is said to be dropped, passed on or kept is not found', (t) => {
  finds(t, `${HEDDLE} function* f() { void sleep(1); }`);
  finds(t, `${HEDDLE} function* f() { yield* all([sleep(1), race([sleep(2)])]); yield* withTimeout(1, sleep(2)); }`);
  finds(t, `${HEDDLE} function* f() { const a = sleep(1); yield* a; const o = { a: sleep(1) }; g(o, sleep(2)); }`);
  finds(t, `${HEDDLE} function f() { return sleep(1); } const g = () => sleep(1); export const h = sleep(1);`);
  finds(t, `${HEDDLE} run(() => sleep(1)); main(function* () { yield* scope(() => sleep(1)); });`);
  finds(
    t,
    `${HEDDLE} function* f(a) { yield* (a ? sleep(1) : sleep(2)); yield* a ?? sleep(1); yield* (0, sleep(1)); }`,
  );
  finds(t, `${HEDDLE} function* f() { for (const a of [sleep(1)]) yield* a; }`);
});

test('data generators are left alone as long as somebody iterates them', (t) => {
  finds(
    t,
    `function* n() { yield 1; } for (const a of n()) f(a); f([...n()], Math.max(...n())); const [b] = n(); f(b);`,
  );
  finds(t, `function* n() { yield 1; } function* m() { yield* n(); yield n(); return n(); } f(m(), n().next());`);
  finds(t, `${HEDDLE} function* n() { yield 1; } /*generator*/ n();`);
  // Other libraries run what a class has made of its generators.
  finds(t, `class Store { constructor(a) { flow(this); this.load(); } *load() { this.items = yield api.list(); } }`);
  finds(t, `function* walk(a) { yield a.left; yield* walk(a.right); } function* f(a) { yield walk(a); }`);
  finds(
    t,
    `function* walk(a) { if (a) yield* walk(a.next); } function* f(a) { yield walk(a); if (walk(a)) return walk(a); }`,
  );
});

test('`yield` without its star and `await` are found', (t) => {
  finds(t, `${HEDDLE} function* f() { yield /*yielded*/ sleep(1); const a = yield /*yielded*/ spawn(f); a.b(); }`);
  finds(t, `${HEDDLE} function* f(a) { yield (a ? sleep(1) : sleep(2)); }`.replace('yield (', 'yield /*yielded*/ ('));
  finds(t, `${HEDDLE} async function f() { await /*awaited*/ sleep(1); await g; for await (const a of b) await a; }`);
  finds(t, `${HEDDLE} function* f() { await /*awaited*/ sleep(1); }`);
  finds(t, `${HEDDLE} function* n() { yield 1; yield /*yielded*/ sleep(1); yield [sleep(1)]; }`);
});

test('an operation as a condition is found', (t) => {
  const code = `import { exists } from 'heddle/fs'; function* f(a) {
    if (/*tested*/ exists(a)) while (!/*tested*/ exists(a)) ;
    do ; while (/*tested*/ exists(a) && a); for (; /*tested*/ exists(a); ) ;
    return /*tested*/ exists(a) ? 1 : 2;
  }`;
  finds(t, code);
  finds(t, `import { exists } from 'heddle/fs'; function* f(a) { const o = a ? exists(a) : null; if (o) yield* o; }`);
});

test('an operation that may be absent is no condition that is always true, and is not put behind `yield*`', (t) => {
  const types = `import { sleep, type Operation } from 'heddle'; declare function maybe(): Operation<void> | undefined;
    interface Hooks { before?: (n: number) => Operation<void>; next?: Operation<void>; }`;
  finds(t, `${types} function* f(h: Hooks) { yield* h.before?.(1) ?? sleep(0); yield* maybe() || sleep(0); }`);
  finds(t, `${types} function* f(h: Hooks, a) { if (maybe()) a(); while (!h.before?.(1)) a(); maybe() && a(); }`);
  finds(
    t,
    `${types} const either = (a) => (a ? sleep(1) : maybe()); function* f() { if (either(1)) yield* either(2)!; }`,
  );
  finds(t, `${types} const both = (a) => a && sleep(1); function* f() { return both(1) ? 1 : 2; }`);
  finds(t, `${types} function g(a) { if (a) return sleep(1); } function* f() { if (g(1)) yield* g(1); }`);
  finds(t, `${types} const or = () => maybe() ?? sleep(1); function* f() { if (/*tested*/ or()) yield* or(); }`);
  finds(t, `${types} function* f(h: Hooks) { if (/*tested*/ h.before!(1)) yield 1; }`);
  finds(
    t,
    `${types} function g(a) { if (a) return sleep(1); else throw a; } function* f() { if (/*tested*/ g(1)) void f(); }`,
  );
  for (const [code, kind] of [
    ['maybe();', 'dropped'],
    ['h.before?.(1);', 'dropped'],
    ['yield maybe();', 'yielded'],
    ['yield h.next;', 'yielded'],
    ['await h.before?.(1);', 'awaited'],
    ['return maybe();', 'returned'],
    ['const a = maybe();', 'unused'],
    ['h.before?.(1).length;', 'member'],
  ])
    t.deepEqual(
      findingsIn({ 'a.ts': `${types} function* f(h: Hooks) { ${code} }` }, 'a.ts').map((one) => [one.kind, one.fix]),
      [[kind, null]],
      code,
    );
});

test('an operation that is taken apart or iterated is found', (t) => {
  const head = "import { all, sleep, spawn, type Operation } from 'heddle'; import { fetch } from 'heddle/http';";
  finds(t, `${head} function* f() { const { status } = /*member*/ fetch('a'); return status; }`);
  finds(t, `${head} function* f() { let s; ({ status: s } = /*member*/ fetch('a')); return s; }`);
  finds(t, `${head} function* f() { const [a, b] = /*iterated*/ all([sleep(1), sleep(2)]); return a + b; }`);
  finds(t, `${head} function* f() { let a; [a] = /*iterated*/ all([sleep(1)]); return a; }`);
  finds(t, `${head} function* f(g) { for (const x of /*iterated*/ all([sleep(1)])) g(x); }`);
  finds(t, `${head} function* f(g) { g(.../*iterated*/ all([sleep(1)])); return [.../*iterated*/ all([])]; }`);
  finds(
    t,
    `${head} function* own(): Operation<string[]> { return yield* sleep(1); } for (const x of /*iterated*/ own()) void x;`,
  );
  finds(t, `${head} declare function g(): Operation<string[]>; for (const x of /*iterated*/ g()) void x;`);
  // What may be a generator of data, and what generators have.
  finds(
    t,
    `${head} function* n() { yield* [1]; } function* m() { yield* n(); } const [a] = n(); for (const b of m()) f(a, ...n(), b);`,
  );
  finds(t, `${head} function* f() { const { next } = f(); const { ...rest } = f(); next(rest); }`);
  finds(
    t,
    `${head} function* f() { const { length } = [sleep(1)]; const { a } = g(f()); for (const o of [f()]) yield* o; }`,
  );
  fixes(
    t,
    `${HEDDLE}function* f(g) { const [a] = all([]); for (const b of all([])) g(a, b, ...all([])); }`,
    `${HEDDLE}function* f(g) { const [a] = yield* all([]); for (const b of yield* all([])) g(a, b, ...yield* all([])); }`,
  );
  fixes(
    t,
    "import { fetch } from 'heddle/http'; function* f() { const { status } = fetch('a'); return status; }",
    "import { fetch } from 'heddle/http'; function* f() { const { status } = yield* fetch('a'); return status; }",
  );
});

test('an operation in a template is found, unless a tag is given it', (t) => {
  const head = "import { fetch } from 'heddle/http'; import { sleep } from 'heddle';";
  finds(
    t,
    `${head} function* f(a) { return \`\${/*text*/ fetch('a')} \${a}\${yield* fetch('b')}\${a && /*text*/ sleep(1)}\`; }`,
  );
  finds(
    t,
    `${head} function* f(tag) { const o = fetch('a'); return tag\`\${sleep(1)} \${\`\${o}\${/*text*/ sleep(2)}\`}\`; }`,
  );
  fixes(
    t,
    `${HEDDLE}function* f() { return \`a \${sleep(1)} \${await sleep(2)}\`; }`,
    `${HEDDLE}function* f() { return \`a \${yield* sleep(1)} \${yield* sleep(2)}\`; }`,
  );
});

test('a generator that is declared to yield operations does so on purpose', (t) => {
  const head = "import { all, sleep, type Operation } from 'heddle';";
  for (const type of ['Generator', 'Iterable', 'IterableIterator'])
    finds(
      t,
      `${head} function* jobs(): ${type}<Operation<void>> { for (const n of [1]) yield sleep(n); } function* f() { yield* all([...jobs()]); }`,
    );
  finds(t, `${head} function* f(): Generator<unknown, void> { yield /*yielded*/ sleep(1); }`);
  finds(t, `${head} function* f(): Operation<void> { yield /*yielded*/ sleep(1); }`);
});

test('an operation in a variable that nobody reads is found', (t) => {
  finds(t, `${HEDDLE} function* f() { const a = /*unused*/ sleep(1); let b; b = /*unused*/ spawn(f); }`);
  finds(t, `${HEDDLE} function* f() { let a = sleep(1); a = sleep(2); return yield* a; }`);
  finds(t, `${HEDDLE} const a = sleep(1); export { a as b }; export default sleep(1);`);
});

test('of a variable that is written again nothing is known, however that is written', (t) => {
  const head = "import { listen } from 'heddle/net'; function* f(list, o) { let x = listen({ port: 1 });";
  finds(t, `${head} x = list; x.accept(); }`);
  finds(t, `${head} [x] = list; x.accept(); }`);
  finds(t, `${head} [, [...x]] = list; x.accept(); }`);
  finds(t, `${head} ({ x } = o); x.accept(); }`);
  finds(t, `${head} ({ a: { b: x = 1 }, [o]: o.b } = o); x.accept(); }`);
  finds(t, `${head} (x as any) = o; x.accept(); }`);
  finds(t, `${head} for (x of list) x.accept(); }`);
  finds(t, `${head} for (x in list) x.accept(); }`);
  finds(t, `${head} for ([x] of list) x.accept(); }`);
  finds(t, `${head} for (x.a of list) x; }`.replace('(x.a', '(/*member*/ x.a'));
  finds(t, `${head} x++; x.accept(); }`);
  finds(t, `${head} x ??= o; x.accept(); }`);
  finds(t, `${head} [o[/*member*/ x.port]] = list; for (o[/*member*/ x.port] of list) ; }`);
  finds(t, `${head} for (const x of list) x.accept(); /*member*/ x.accept(); }`);
  finds(
    t,
    `import { listen } from 'heddle/net'; function* f(o) { var x = listen({ port: 1 }); var x = o; x.accept(); }`,
  );
  const serving = "import { listen } from 'heddle/net'; function* f(o) { const s = yield* listen({ port: 1 });";
  finds(t, `${serving} yield* s.serve(function* (c) { /*dropped*/ c.end(); }); }`);
  finds(t, `${serving} yield* s.serve(function* (c) { c = o; c.end(); }); }`);
  // To be written is not to be read.
  finds(t, `${HEDDLE} function* f(o) { let a = /*unused*/ sleep(1); [a] = o; ({ a } = o); for (a of o) ; }`);
  finds(t, `${HEDDLE} function* f(o) { let a = sleep(1); a += o; let b = sleep(1); b++; }`);
});

test('an operation that a fiber function returns is found', (t) => {
  finds(t, `${HEDDLE} function* f(a) { if (a) return /*returned*/ sleep(1); return a && /*returned*/ sleep(1); }`);
  finds(
    t,
    `import { sleep, type Operation } from 'heddle'; function* f(): Operation<Operation<void>> { return sleep(1); }`,
  );
});

test('an operation that is taken for its result is found', (t) => {
  const code = `import { listen } from 'heddle/net'; import type { Suspension } from 'heddle/lowlevel'; import { Mine } from './mine.js';
    function* f(operation: Suspension) {
      const server = listen({ port: 1 });
      yield* (yield* /*member*/ server.accept()).end();
      const { port } = /*member*/ listen({ port: 1 }).address; (/*member*/ listen({ port })!).port;
      const own = new Mine(); operation.kind; own.value; own[port]; server[Symbol.iterator]; f().next(); f().toArray();
    }`;
  const mine = `import type { Operation } from 'heddle'; export class Mine implements Operation<void> { value = 1 }`;
  finds(t, code, { 'mine.ts': mine });
});

test('an operation that a callback of forEach returns is found', (t) => {
  finds(t, `${HEDDLE} const c = channel(1); [1].forEach(/*callback*/ (x) => c.send(x)); [1].map((x) => c.send(x));`);
  finds(
    t,
    `${HEDDLE} function* f(x) { yield* sleep(x); } [1].forEach(/*callback*/ f); [1].forEach((x) => { f.call(x) });`,
  );
  finds(
    t,
    `${HEDDLE} const c = channel(1); function* f() { yield* c.forEach((x) => c.send(x)); /*dropped*/ c.forEach(f); }`,
  );
});

test('names are told apart by their scopes', (t) => {
  finds(t, `${HEDDLE} function f(sleep) { sleep(1); } { const sleep = f; sleep(1); } /*dropped*/ sleep(1);`);
  finds(t, `${HEDDLE} function f(a) { if (a) { var sleep = a; } sleep(1); }`);
  finds(t, `import { sleep as pause } from 'heddle'; function sleep() {} sleep(1); /*dropped*/ pause(1);`);
  finds(
    t,
    `import * as heddle from 'heddle'; import { sleep } from 'other'; sleep(1); /*dropped*/ heddle.sleep(1); heddle.now();`,
  );
  finds(
    t,
    `const { sleep: pause } = require('heddle'); /*dropped*/ pause(1); /*dropped*/ require('heddle').sleep(1);`,
    {},
    'a.cjs',
  );
  finds(t, `const { sleep } = await import('heddle'); /*dropped*/ sleep(1);`, {}, 'a.mjs');
  finds(t, `const { sleep } = await import('heddle'); function* n() { yield 1; } /*generator*/ n(sleep);`, {}, 'a.mjs');
  finds(t, `import * as heddle from 'heddle'; heddle.hasOwnProperty('run'); heddle.toString();`);
  finds(
    t,
    `import { constructor, valueOf as v, __proto__ as p } from 'heddle'; constructor(); v(); p(); new constructor();`,
  );
  finds(t, `${HEDDLE} function* g() {} class A { g() {} f() { this.g(); /*dropped*/ g(); } }`);
  finds(t, `${HEDDLE} function* f() { var a = function f() { f(); }; a(); try { a(); } catch (f) { f(); } }`);
  finds(t, `${HEDDLE} /*dropped*/ later(); function* later() {} for (const later of []) later();`);
});

test('generator functions of every form are known', (t) => {
  finds(
    t,
    `${HEDDLE} const o = { *f() {}, g: function* () {}, h() {} }; /*dropped*/ o.f(); /*dropped*/ o['g'](); o.h(); o[f]();`,
  );
  finds(
    t,
    `${HEDDLE} class A { *f() {} static *g() {} #h = function* () {}; i() { /*dropped*/ this.#h(); /*dropped*/ this.f(); } } /*dropped*/ A.g(); /*dropped*/ new A().f();`,
  );
  finds(
    t,
    `${HEDDLE} class A { *f() {} } class B extends A { g() { /*dropped*/ this.f(); () => { /*dropped*/ this.f() }; function h() { this.f(); } } }`,
  );
  finds(
    t,
    `${HEDDLE} const pause = () => sleep(1); function rest() { return pause(); } /*dropped*/ pause(); /*dropped*/ rest();`,
  );
  finds(t, `${HEDDLE} async function* f() {} async function g() { return sleep(1); } f(); g();`);
});

test('what heddle returns is known by its type', (t) => {
  const code = `import { listen, connect } from 'heddle/net'; import { spawn, withTimeout, channel } from 'heddle';
  function* f() {
    const server = yield* listen({ port: 1 });
    /*dropped*/ server.accept(); server.port;
    const connection = yield* withTimeout(1, server.accept());
    /*dropped*/ connection.write('a'); connection.stats();
    const fiber = yield* spawn(f); /*dropped*/ fiber.join(); fiber.cancel();
    yield* server.serve(function* (c) { /*dropped*/ c.end(); });
    yield* server.serve((c) => c.end());
    (yield* connect({ port: 1 }))?.toString(); /*dropped*/ (yield* connect({ port: 1 })).end();
    let other = connection; other = f; other.end();
  }`;
  finds(t, code);
  finds(
    t,
    `import { start } from 'heddle/process'; function* f() { const p = yield* start('a'); /*dropped*/ p.stdin.write('a'); p.kill(); }`,
  );
});

test('declared types are used', (t) => {
  const types =
    "import type { Operation, Fiber as Task } from 'heddle'; import type { Connection } from 'heddle/net';\n";
  finds(
    t,
    `${types} interface Store extends Base { get(key: string): Operation<string>; size: number } interface Base { flush: () => Operation<void> }
    class Cache { constructor(private readonly store: Store, other: Store) {} private readonly next!: Store | null;
      *f(key: string, { flush }: Base) { /*dropped*/ this.store.get(key); /*dropped*/ this.store.flush(); /*dropped*/ this.next!.get(key); /*dropped*/ flush(); this.other.get(key); } }`,
  );
  finds(
    t,
    `${types} function* f(c: Connection, task: Readonly<Task<string>>, ...rest: Connection[]) { /*dropped*/ c.write('a'); /*dropped*/ task.join(); rest.end(); }`,
  );
  finds(
    t,
    `${types} declare function f(): Operation<void>; declare function f(a: string): string; const g = f as () => Operation<void>; /*dropped*/ f(); /*dropped*/ g();`,
  );
  finds(
    t,
    `${types} declare function wrap<T>(n: number, o: Operation<T>): Operation<T | undefined>; declare const o: Operation<Connection>; function* f() { const c = yield* wrap(1, o); /*dropped*/ c.end(); }`,
  );
  finds(
    t,
    `${types} declare function n(): Generator<number>; declare function g(): Generator<unknown, Connection>; function* f() { yield n(); /*generator*/ n(); /*dropped*/ g(); const c = yield* g(); /*dropped*/ c.end(); }`,
  );
  finds(
    t,
    `${types} type Load = (id: string) => Operation<void>; type Both = { load: Load } & { other: string }; function f(b: Both, a: unknown) { /*dropped*/ b.load('a'); (a as Load)('b'); }`.replace(
      "(a as Load)('b')",
      "/*dropped*/ (a as Load)('b')",
    ),
  );
  finds(t, `interface Operation<T> { run(): T } declare function f(): Operation<void>; f();`);
  finds(
    t,
    `${types} import type * as heddle from 'heddle'; enum E { f } namespace N { export function f(): heddle.Operation<void> { return o; } /*dropped*/ f(); } E.f;`,
  );
  // As TypeScript writes them into declarations; the program names heddle nowhere else.
  finds(
    t,
    `declare function g(): Generator<import('heddle').Leaf, import("heddle/net").Connection, unknown>; declare const o: (a: number) => import('heddle').Operation<string>;
    function* f() { /*dropped*/ g(); /*dropped*/ o(1); const c = yield* g(); /*dropped*/ c.end(); } declare function d(): Generator<import('other').Row>; function* h() { d(); }`,
  );
});

test('what other files export is known, however it gets here', (t) => {
  const files = {
    'lib/handle.ts':
      "import { sleep } from 'heddle'; export function* handle() { yield* sleep(1); } export default class { *run() {} }; export const plain = () => 1;",
    'lib/index.ts':
      "export * from './handle.js'; export { handle as renamed, default as Handler } from './handle'; export * as all from './handle.ts';",
    'lib/types.mts': "import type { Operation } from 'heddle'; export interface Store { get(): Operation<void> }",
    'lib/cycle.ts': "export * from './cycle.js'; export * from './other-cycle.js';",
    'lib/other-cycle.ts': "export * from './cycle.js'; export { missing } from './cycle.js';",
  };
  const code = `import { handle, renamed, Handler, all, plain } from './lib'; import Direct from './lib/handle.js';
    import type { Store } from './lib/types.mjs'; import { missing } from './lib/cycle.js'; import { handle as other } from 'lib';
    /*dropped*/ handle(); /*dropped*/ renamed(); /*dropped*/ new Handler().run(); /*dropped*/ all.handle(); plain();
    /*dropped*/ new Direct().run(); missing(); other();
    function f(store: Store) { /*dropped*/ store.get(); }`;
  finds(t, code, files);
});

test('a file that was not given is read when it is imported', (t) => {
  const project = new Project((path) =>
    path.endsWith('handle.js') ? "import 'heddle'; export function* handle() {}" : null,
  );
  project.set('a.js', "import { handle } from './handle.js'; handle();");
  t.is(project.check(['a.js'])[0]!.findings.length, 1);
});

test('what an import leads to is looked for once, however often it is used', (t) => {
  const files: Record<string, string> = {
    '/app/package.json': JSON.stringify({ imports: { '#lib': './lib/other.js' } }),
    '/app/lib/index.js': "import 'heddle'; export function* f() {}",
    '/app/lib/other.js': "import 'heddle'; export function* f() {}",
  };
  const read: string[] = [];
  const project = new Project((path) => {
    read.push(path);
    return files[path] ?? null;
  });
  const names = ['./lib/index.js', './missing.js', '#lib', '#missing'];
  const uses = names.map((name, i) => `import { f as f${i} } from '${name}';${` f${i}();`.repeat(10)}`);
  project.set('/app/main.js', uses.join('\n'));
  t.is(project.check(['/app/main.js'])[0]!.findings.length, 20);
  const failed = read.filter((path) => !(path in files));
  t.deepEqual(failed.toSorted(), [...new Set(failed)].toSorted());
  t.is(read.filter((path) => path === '/app/package.json').length, 2);
  // What was missing may have come since.
  project.set('/app/missing.ts', files['/app/lib/index.js']!);
  t.is(project.check(['/app/main.js'])[0]!.findings.length, 30);
});

test('an import by a name of the package is followed', (t) => {
  const imports = {
    '#db': './src/db.ts',
    '#lib/*.js': [{ types: './types/*.d.ts', node: { default: './src/lib/*.js' } }],
    '#lib/far/*': './src/*',
    '#ends/*.js': './src/lib/*.js',
    '#ends/*': './none/*',
    '#react': 'react',
    '#none/*': null,
  };
  const generator = "import 'heddle'; export function* f() {}";
  const files: Record<string, string> = {
    '/app/package.json': JSON.stringify({ imports }),
    '/app/src/db.ts': generator,
    '/app/src/lib/a.ts': generator,
    '/app/types/b.d.ts': "import type { Operation } from 'heddle'; export declare function f(): Operation<void>;",
    '/app/other/package.json': 'no JSON',
  };
  const project = new Project((path) => files[path] ?? null);
  const finds = (file: string, name: string): number => {
    project.set(file, `import { f } from '${name}'; f();`);
    return project.check([file])[0]!.findings.length;
  };
  for (const name of ['#db', '#lib/a.js', '#lib/b.js', '#lib/far/db.ts', '#lib/far/lib/a.js', '#ends/a.js'])
    t.is(finds('/app/src/main.ts', name), 1, name);
  for (const name of ['#react', '#none/a', '#lib/.js', '#lib/c.js', '#other', '#toString'])
    t.is(finds('/app/src/main.ts', name), 0, name);
  t.is(finds('/app/other/main.ts', '#db'), 0);
  t.is(finds('/nowhere/main.ts', '#db'), 0);
});

test('an import of a package that depends on heddle is followed', (t) => {
  const needs = { dependencies: { heddle: '*' } };
  const generator = "import 'heddle'; export function* f() {}";
  const declared = "import type { Operation } from 'heddle'; export declare function f(): Operation<void>;";
  const packages: Record<string, object> = {
    '@acme/built': { ...needs, exports: { types: './dist/index.d.ts', default: './dist/index.js' } },
    '@acme/parts': { ...needs, exports: { '.': './src/index.ts', './*.js': './dist/*.js', './secret/*': null } },
    declared: { peerDependencies: needs.dependencies, exports: { import: { types: './lib/index.d.mts' } } },
    older: { ...needs, main: 'lib/main', types: 'lib/main.d.ts' },
    plain: { ...needs },
    stranger: { main: './index.js' },
    broken: { ...needs, exports: 7, main: [] },
  };
  const files: Record<string, string> = {
    '/mono/app/package.json': JSON.stringify({ name: '@acme/app', ...needs, exports: './src/own.ts' }),
    '/mono/app/src/own.ts': generator,
    '/mono/node_modules/@acme/built/src/index.ts': generator,
    '/mono/node_modules/@acme/parts/src/index.ts': "export * from './db/pool.js';",
    '/mono/node_modules/@acme/parts/src/db/pool.ts': generator,
    '/mono/app/node_modules/declared/lib/index.d.mts': "export * from './pool.mjs';",
    '/mono/app/node_modules/declared/lib/pool.d.mts': declared,
    '/mono/app/node_modules/declared/lib/pool.mjs': 'export const f = () => {};',
    '/mono/node_modules/older/lib/main.d.ts': declared,
    '/mono/node_modules/older/lib/other.js': generator,
    '/mono/node_modules/plain/index.js': generator,
    '/mono/node_modules/stranger/index.js': generator,
    '/mono/node_modules/broken/index.js': generator,
    '/mono/app/node_modules/plain/package.json': 'no JSON',
  };
  for (const [name, manifest] of Object.entries(packages))
    files[`/mono/${name === 'declared' ? 'app/' : ''}node_modules/${name}/package.json`] = JSON.stringify({
      name,
      ...manifest,
    });
  const project = new Project((path) => files[path] ?? null);
  const finds = (name: string): number => {
    const file = '/mono/app/src/deep/main.ts';
    project.set(file, `import { f } from '${name}'; f();`);
    return project.check([file])[0]!.findings.length;
  };
  for (const name of [
    '@acme/built',
    '@acme/parts',
    '@acme/parts/db/pool.js',
    '@acme/app',
    'declared',
    'older',
    'plain',
  ])
    t.is(finds(name), 1, name);
  t.is(finds('older/lib/other.js'), 1);
  for (const name of [
    '@acme/parts/secret/x',
    '@acme/parts/src/index.ts',
    '@acme/built/src/index.ts',
    '@acme/gone',
    '@acme',
  ])
    t.is(finds(name), 0, name);
  for (const name of ['stranger', 'broken', 'node:fs', 'fs', 'declared/lib/pool.mjs', 'https://x.test/a.js', ''])
    t.is(finds(name), 0, name);
});

test('an import by a name of a tsconfig.json is followed', (t) => {
  const config = (options: object, more: object = {}): string => JSON.stringify({ compilerOptions: options, ...more });
  const generator = "import 'heddle'; export function* f() {}";
  const files: Record<string, string> = {
    '/app/tsconfig.json': `\ufeff{
      // Where things are.
      "compilerOptions": {
        /* "paths": { "@/*": ["./none/*"] }, */
        "paths": { "@/*": ["./gone/*", "./src/*",], "@/lib/*": ["./lib/*"], "db": ["./src/db.ts"], "#db": ["./src/db.ts"], "bad": 1 },
      },
    }`,
    '/app/package.json': JSON.stringify({ imports: { '#own': './src/db.ts' } }),
    '/app/src/db.ts': generator,
    '/app/src/index.ts': generator,
    '/app/src/lib/none.ts': generator,
    '/app/lib/a.ts': generator,
    '/based/tsconfig.json': config({ baseUrl: 'src', paths: { '~/*': ['lib/*'] } }),
    '/based/src/lib/a.ts': generator,
    '/heir/tsconfig.json': config({}, { extends: ['./circle', './base'] }),
    '/heir/circle.json': config({ paths: { '$/*': ['./none/*'] } }, { extends: './circle.json' }),
    '/heir/base.json': config({ paths: { '$/*': ['./src/*'], 'root/*': ['${configDir}/src/*'] } }),
    '/heir/src/a.ts': generator,
    '/heir/inner/tsconfig.json': config({}, { extends: '../base.json' }),
    '/heir/inner/src/b.ts': generator,
    '/heir/packed/tsconfig.json': config({}, { extends: '@acme/config/app.json' }),
    '/heir/node_modules/@acme/config/app.json': config({ paths: { 'acme/*': ['../../../src/*'] } }),
    '/parts/tsconfig.json': config(
      {},
      { files: [], references: [{ path: './tsconfig.app.json' }, { path: './lib' }, 1] },
    ),
    '/parts/tsconfig.app.json': config({ paths: { '@/*': ['./src/*'] } }),
    '/parts/lib/tsconfig.json': config({ paths: { lib: ['./a.js'] } }),
    '/parts/src/a.ts': generator,
    '/parts/lib/a.ts': generator,
    '/script/jsconfig.json': config({ paths: { '@/*': ['./*'] } }),
    '/script/a.js': generator,
    '/broken/tsconfig.json': '{ "compilerOptions": ',
  };
  const project = new Project((path) => files[path] ?? null);
  const finds = (file: string, name: string): number => {
    project.set(file, `import { f } from '${name}'; f();`);
    return project.check([file])[0]!.findings.length;
  };
  for (const [file, ...names] of [
    ['/app/src/deep/main.ts', '@/db', '@/db.js', '@/index', '@/lib/a', 'db', '#db', '#own'],
    ['/app/src/main.ts', '.', './'],
    ['/app/src/deep/other.ts', '..', '../'],
    ['/based/src/main.ts', '~/a', 'lib/a'],
    ['/heir/src/main.ts', '$/a', 'root/a'],
    ['/heir/inner/src/main.ts', '$/a', 'root/b'],
    ['/heir/packed/main.ts', 'acme/a'],
    ['/parts/src/main.ts', '@/a', 'lib'],
    ['/script/main.js', '@/a'],
  ])
    for (const name of names) t.is(finds(file!, name), 1, `${name} in ${file}`);
  for (const [file, ...names] of [
    ['/app/src/main.ts', '@/lib/none', '@/gone', 'bad', 'toString', '@'],
    ['/heir/inner/src/main.ts', 'root/a'],
    ['/broken/main.ts', '@/a'],
  ])
    for (const name of names) t.is(finds(file!, name), 0, `${name} in ${file}`);
});

test('a fix runs the operation, and goes on with what that uncovers', (t) => {
  fixes(t, `${HEDDLE}function* f() { sleep(1); }`, `${HEDDLE}function* f() { yield* sleep(1); }`);
  fixes(
    t,
    `${HEDDLE}function* f() { yield sleep(1); await sleep(2) }`,
    `${HEDDLE}function* f() { yield* sleep(1); yield* sleep(2) }`,
  );
  fixes(t, `${HEDDLE}function* f(a) { a && sleep(1); }`, `${HEDDLE}function* f(a) { a && (yield* sleep(1)); }`);
  fixes(
    t,
    `${HEDDLE}function* f(a) { if (!sleep(1)) return sleep(2)! }`,
    `${HEDDLE}function* f(a) { if (!(yield* sleep(1))) return (yield* sleep(2))! }`,
  );
  fixes(
    t,
    `${HEDDLE}function* f(a) { if (!await spawn(f) || await a()) return a || await spawn(f); (await spawn(f)).join; }`,
    `${HEDDLE}function* f(a) { if (!(yield* spawn(f)) || await a()) return a || (yield* spawn(f)); (yield* spawn(f)).join; }`,
  );
  fixes(
    t,
    `${HEDDLE}function* f() { spawn(f).cancel(); (spawn(f)).cancel(); }`,
    `${HEDDLE}function* f() { (yield* spawn(f)).cancel(); (yield* spawn(f)).cancel(); }`,
  );
  fixes(
    t,
    "import { listen } from 'heddle/net'; function* f() { const s = yield listen({}); s.accept(); }",
    "import { listen } from 'heddle/net'; function* f() { const s = yield* listen({}); yield* s.accept(); }",
  );
});

test('a fix that begins a statement with a parenthesis keeps it apart from the one before', (t) => {
  const begins = (before: string, how: string): void =>
    fixes(
      t,
      `${HEDDLE}function* f(a) { ${before}\n  spawn(f).cancel() }`,
      `${HEDDLE}function* f(a) { ${before}\n  ${how}(yield* spawn(f)).cancel() }`,
    );
  const open = ["const b = 'x'", 'a = {}', 'a = function () {}', 'a()', 'a++ // ;', 'if (a) a()', 'for (;;) a = {}'];
  for (const before of open) begins(before, ';');
  const closed = ['', 'a();', 'a() /* */ ;', '{ a() }', 'if (a) { a() }', 'if (a) a(); else {}', 'function g() {}'];
  for (const before of [...closed, 'class A {}', 'try {} finally {}', 'l: for (;;) {}']) begins(before, '');
  // It is a part of these.
  for (const before of ['if (a)', 'if (a) a()\n else', 'while (a)', 'label:']) begins(before, '');
  fixes(
    t,
    `${HEDDLE}function* f(a) { switch (a) { case 1: a()\nspawn(f).cancel() } await spawn(f) && a()\nawait spawn(f) && a() }`,
    `${HEDDLE}function* f(a) { switch (a) { case 1: a()\n;(yield* spawn(f)).cancel() } (yield* spawn(f)) && a()\n;(yield* spawn(f)) && a() }`,
  );
});

test('nothing is fixed where `yield*` cannot stand or would not be right', (t) => {
  for (const code of [
    'sleep(1);',
    'function f() { sleep(1); }',
    'function* f() { [].push(() => { sleep(1); }); }',
    'async function* f() { sleep(1); }',
    'function* n() { yield 1; sleep(1); }',
    'async function f() { await sleep(1); }',
    'function* f(a = (sleep(1), 2)) {}',
    'function* f() { class A { a = (sleep(1), 2) } new A(); }',
    'const c = channel(1); function* f() { c?.receive(); }',
    'function* n() { yield 1; } function* f() { n(); }',
  ]) {
    const found = findingsIn({ 'a.ts': HEDDLE + code }, 'a.ts');
    t.is(found.length, 1, code);
    t.is(found[0]!.fix, null, code);
  }
});

test('fixes that touch each other are made one after the other', (t) => {
  const insert = (at: number, text: string) => [{ start: at, end: at, text }];
  t.deepEqual(applyFixes('ab', [insert(1, 'x'), insert(1, 'y'), insert(2, 'z')]), { text: 'axbz', applied: 2 });
  t.deepEqual(applyFixes('abc', [[{ start: 0, end: 2, text: '' }], insert(1, 'y')]), { text: 'c', applied: 1 });
});

test('a syntax error is told with its place, and the other files are checked', (t) => {
  const project = new Project(() => null);
  project.set('a.ts', 'const a = ;\n');
  project.set('b.ts', `${HEDDLE}sleep(1);`);
  const { findings } = report(project, ['a.ts', 'b.ts']);
  t.deepEqual(
    findings.map(({ file, line, column, kind }) => [file, line, column, kind]),
    [
      ['a.ts', 1, 11, 'syntax'],
      ['b.ts', 2, 1, 'dropped'],
    ],
  );
});

test('files are read as what they can be: CommonJS, JSX, scripts with hashbang', (t) => {
  finds(
    t,
    "#!/usr/bin/env node\nif (a) return; const { sleep } = require('heddle'); /*dropped*/ sleep(1);",
    {},
    'a.js',
  );
  finds(t, `${HEDDLE} const a = <b onClick={() => { /*dropped*/ sleep(1); }}>{sleep}</b>; f(a);`, {}, 'a.js');
  finds(t, `${HEDDLE} const a: B = <sleep.b>{(): void => { /*dropped*/ sleep(1); }}</sleep.b>; f<T>(a);`, {}, 'a.tsx');
});

test('a finding shows its lines, whatever ends them, with its expression marked', (t) => {
  const frameOf = (code: string): string => {
    const project = new Project(() => null);
    project.set('a.ts', code);
    return report(project, ['a.ts']).findings[0]!.frame;
  };
  t.is(
    frameOf("import { sleep } from 'heddle';\r\n\tsleep(\r\n1);\r\n"),
    "  1 | import { sleep } from 'heddle';\n> 2 | \tsleep(\n    | \t^^^^^^\n  3 | 1);",
  );
  t.is(
    frameOf("import { sleep } from 'heddle'; sleep(1)"),
    "> 1 | import { sleep } from 'heddle'; sleep(1)\n    |                                 ^^^^^^^^",
  );
});

test('where the parser has no binding JavaScript is checked by another one, and TypeScript cannot be', (t) => {
  const code = `${HEDDLE}export class A { *f(a) { sleep(1); a.b?.((yield* sleep(2)), spawn(f)); await sleep; return sleep(3); } }
    for (const x of [1]) mutex().lock();`;
  const findings = (text: string, parser?: 'acorn'): unknown => {
    const { program, problem } = readTree('a.js', text, parser);
    return problem ?? findMisuses(gatherFacts('a.js', program!), text, new ShapeFinder(() => null));
  };
  const valid = code.replace('await sleep;', '');
  t.deepEqual(findings(valid, 'acorn'), findings(valid));
  t.is((findings(valid, 'acorn') as Finding[]).length, 3);
  t.is((findings(code, 'acorn') as { start: number }).start, code.indexOf('await'));
  t.deepEqual(findings('with (a) b;', 'acorn'), []);
  t.throws(() => readTree('a.ts', code, 'acorn'), { code: 'ERR_HEDDLE_MISSING_BINDING' });
});

test('heddle itself has no finding', (t) => {
  const files = ['src', 'examples'].flatMap((directory) =>
    readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(ROOT, directory, file)),
  );
  const project = new Project(() => null);
  for (const file of files) project.set(file, readFileSync(file, 'utf8'));
  t.true(files.length > 150);
  t.deepEqual(report(project, files).findings, []);
});

/** The syntax tree without positions, and without what runs operations. */
function bare(code: string): unknown {
  return JSON.parse(JSON.stringify(readTree('a.ts', code).program), (key, value: unknown) => {
    if (key === 'start' || key === 'end') return undefined;
    const { type, argument, expression } = (value ?? {}) as { type?: string; argument?: unknown; expression?: unknown };
    if (type === 'ParenthesizedExpression') return expression;
    return type === 'YieldExpression' || type === 'AwaitExpression' ? argument : value;
  });
}

test('after its fixes a program has the same syntax tree otherwise, and nothing to fix', (t) => {
  const leaf = fc.constantFrom(
    'sleep(1)',
    'spawn(f)',
    'a',
    'now()',
    'n()',
    'c.receive()',
    'c?.receive()',
    'yield* sleep(2)',
    'yield sleep(3)',
  );
  const { statement } = fc.letrec<{ expression: string; statement: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      leaf.map((text) => (text.startsWith('yield') ? `(${text})` : text)),
      tie('expression').map((x) => `await (${x})`),
      tie('expression').map((x) => `(${x}).cancel`),
      tie('expression').map((x) => `-(${x})`),
      fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `(${x}) + (${y})`),
      fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `${x} && ${y}`),
      fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `(${x}, ${y})`),
      fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([x, y, z]) => `(${x} ? ${y} : ${z})`),
      tie('expression').map((x) => `!(${x})`),
      tie('expression').map((x) => `(${x} as void)`),
      tie('expression').map((x) => `(${x})!`),
      tie('expression').map((x) => `g(${x})`),
      tie('statement').map((x) => `(() => { ${x} })`),
    ),
    statement: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      tie('expression').map((x) => `${x};`),
      tie('expression').map((x) => `const v = ${x};`),
      tie('expression').map((x) => `return ${x};`),
      fc.tuple(tie('expression'), tie('statement')).map(([x, y]) => `if (${x}) { ${y} }`),
      fc.tuple(tie('expression'), tie('statement')).map(([x, y]) => `for (;${x};${x}) { ${y} }`),
      fc.tuple(tie('statement'), tie('statement')).map(([x, y]) => `{ ${x} } ${y}`),
    ),
  }));
  const head =
    "import { channel, now, sleep, spawn } from 'heddle'; const c = channel(1); function* n() { yield 1; }\n";
  fc.assert(
    fc.property(statement, (body) => {
      // `yield` in an arrow function is a name, or an error.
      const code = `${head}function* f(a, g) { ${body} }`;
      const project = new Project(() => null);
      project.set('a.ts', code);
      fc.pre(project.check(['a.ts'])[0]!.problem === null);
      const { findings, fixed } = fix(project, ['a.ts']).report;
      t.deepEqual(
        findings.filter(({ kind, fix: edits }) => kind === 'syntax' || edits !== null),
        [],
      );
      t.deepEqual(bare(project.check(['a.ts'])[0]!.text), bare(code), `${fixed} fixes of ${code}`);
    }),
    { numRuns: fuzzRuns(300) },
  );
});
