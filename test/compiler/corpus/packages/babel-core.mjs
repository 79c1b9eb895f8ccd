import { createConfigItemAsync, createConfigItemSync, loadOptionsAsync, loadOptionsSync, loadPartialConfigSync, parseAsync, parseSync, template, transformAsync, transformFromAstAsync, transformSync, traverse, types as t } from '@babel/core';

const source = `
  // a comment
  const add = (a, b) => a ** b ?? a?.b;
  export default class A { #x = 1; static { add(1, 2); } *gen() { yield* [this.#x]; } }
`;
const renamer = ({ types }) => ({ name: 'renamer', visitor: { Identifier(path) { if (path.node.name === 'add') path.node.name = 'plus'; }, ArrowFunctionExpression(path) { path.node.body = types.sequenceExpression([types.numericLiteral(0), path.node.body]); } } });
const preset = (api, { loud = false }) => ({ plugins: [loud ? () => ({ visitor: { NumericLiteral(path) { path.node.value *= 10; path.node.extra = undefined; } } }) : false, renamer].filter(Boolean) });
const common = { configFile: false, babelrc: false, filename: '/virtual/a.js' };

export default async function usage(log) {
  const options = { ...common, plugins: [renamer], presets: [[preset, { loud: true }]], sourceMaps: true, env: { other: { comments: false } }, overrides: [{ test: /a\.js$/, compact: false }, { test: '/nowhere', minified: true }] };
  const sync = transformSync(source, { ...common, plugins: [renamer] });
  log(sync.code);
  const full = await transformAsync(source, { ...options, plugins: [] });
  log(full.code, full.map.mappings, full.map.names);
  log(transformSync(source, { ...common, presets: [preset], envName: 'other', env: { other: { comments: false, compact: true } } }).code);
  for (const load of [loadOptionsSync, loadOptionsAsync]) { const loaded = await load(options); log(loaded.filename, loaded.plugins.map(({ key }) => key.replaceAll(/\d+/g, 'n')), loaded.compact, loaded.sourceMaps, loaded.envName); }
  log(loadPartialConfigSync({ ...common, comments: false }).options.comments);
  const item = createConfigItemSync([renamer, { a: 1 }]);
  log(item.options, (await createConfigItemAsync(renamer)).value === renamer, transformSync('add', { ...common, plugins: [item] }).code);
  const ast = await parseAsync('let a = 1; function* g() { yield* a }', common);
  const seen = [];
  traverse(ast, { enter({ type }) { seen.push(type); } });
  log(seen);
  log((await transformFromAstAsync(ast, undefined, { ...common, generatorOpts: { compact: true } })).code, parseSync('x', common).program.body.length);
  log(template.expression.ast`f(${t.stringLiteral('s')})`.type);
  for (const broken of [{ ...common, plugins: ['nowhere-to-be-found'] }, { ...common, presets: [5] }, { ...common, nonsense: true }, { ...common, plugins: [() => ({ visitor: { Nonsense() {} } })] }])
    for (const transform of [transformSync, transformAsync])
      try { await transform('a', broken); log('never'); } catch (error) { log(error.code ?? error.name, error.message.split('\n')[0].replaceAll(/'?\/(?!virtual)\S+/g, 'PATH')); }
  try { transformSync('let a = ;', common); } catch (error) { log(error.code, error.reasonCode, error.loc); }
  await transformAsync('yield* = 1', common).catch((error) => log(error.code, error.loc));
}
