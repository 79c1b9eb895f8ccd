import { Composer, CST, Document, Lexer, LineCounter, Parser, isPair, isScalar, parse, parseAllDocuments, parseDocument, stringify, visit } from 'yaml';

const source = `%YAML 1.2
---
# a comment
name: &anchor "quoted \\u263a"
list: [1, 0x1F, .inf, ~, *anchor, { flow: map, "k": [] }]
block: |+
  keep
   this

folded: >-
  one
  two

  three
nested:
- a: 1
  b:
    - - deep
      - [x, y]
? [complex, key]
: !!set {a, b}
merge: { <<: &base { p: 1 }, q: 2 }
date: !!timestamp 2001-12-14
...
---
second: document
--- 'third'
`;

export default function usage(log) {
  log([...new Lexer().lex(source)]);
  const lexer = new Lexer(), parser = new Parser();
  const tokens = [];
  for (let i = 0; i < source.length; i += 7) for (const lexeme of lexer.lex(source.slice(i, i + 7), true)) for (const token of parser.next(lexeme)) tokens.push(token.type);
  for (const lexeme of lexer.lex('', false)) for (const token of parser.next(lexeme)) tokens.push(token.type);
  for (const token of parser.end()) tokens.push(token.type);
  log(tokens);
  const counter = new LineCounter();
  for (const token of new Parser(counter.addNewLine).parse(source)) { log(token.type, CST.stringify(token).length); CST.visit(token, (item) => { if (item.key) log(CST.stringify(item.key).trim()); }); }
  log(counter.lineStarts, counter.linePos(40));
  const documents = parseAllDocuments(source, { merge: true, customTags: ['timestamp', 'set'] });
  for (const document of documents) { log(document.errors.map(({ code }) => code), document.toJS()); log(String(document)); }
  for (const document of new Composer().compose(new Parser().parse('a: 1\n--- b'), true, 6)) log(document.toJSON());
  const edited = parseDocument('a: 1 # one\nb: [2, 3]\n');
  edited.setIn(['b', 1], 'three'); edited.addIn(['b'], { c: 4 }); edited.delete('a');
  visit(edited, { Scalar(_, node) { if (node.value === 2) node.value = 20; }, Pair: (_, pair) => { if (isPair(pair) && isScalar(pair.key)) pair.key.comment = ' commented'; } });
  log(String(edited), edited.toJS());
  for (const broken of ['a: [1, 2', 'a: b: c', '"unclosed', '- a\n b: 1\n', 'a: *missing', '\t- tab', '? ', '{', 'a: |x\n  y', '%BAD', '--- a\n... b', '{a: 1]', '&a &b c'])
    { const document = parseDocument(broken); log(broken, document.errors.map(({ code, pos }) => [code, pos]), document.warnings.length); }
  log(parse('[1, 2, {a: b}]'), stringify({ text: 'line\nline\n', long: 'word '.repeat(30), list: [{ a: [] }, null, true, -0] }), String(new Document(['x', { y: new Map([[1, 2]]) }])));
  const large = Array.from({ length: 300 }, (_, i) => ({ id: i, tags: ['t' + i], body: i % 3 ? 'plain' : 'a: b' }));
  log(JSON.stringify(parse(stringify(large))) === JSON.stringify(large));
}
