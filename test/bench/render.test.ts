import test from 'ava';
import { figures } from '../../bench/report/figures.js';
import { page } from '../../bench/report/page.js';
import type { Reading } from '../../bench/report/read-results.js';
import { renderFigure } from '../../bench/report/render.js';

const subjects = ['heddle', 'heddle-unrecorded', 'await', 'go', 'a <new> & "odd" one'];

function readings(bench: string, cases: readonly string[], metrics: readonly string[]): Reading[] {
  return cases.flatMap((point, size) =>
    metrics.flatMap((metric, place) =>
      subjects.map((subject, index) => {
        const value = (index + 1) * (size + 1) * (place + 1) * 10;
        const range = { value, min: value * 0.9, max: value * 1.1 };
        return { bench, case: point, subject, metric, ...range, runs: 3, node: 'v20.20.2' };
      }),
    ),
  );
}

const forms = {
  lines: readings('scale', ['n=1', 'n=100', 'n=10000'], ['ns/op']),
  bars: readings('few', ['unbuffered', 'buffered=64'], ['ns/op']),
  percentiles: readings('times', ['c=1', 'c=100'], ['p50 ms', 'p99 ms', 'max ms']),
};

/** The names of all tags that are open at the end, or the first piece that is no markup. */
function malformed(svg: string): string | undefined {
  const open: string[] = [];
  for (const [tag, end, name = '', empty] of svg.matchAll(/<(\/?)([\w:]+)[^<]*?(\/?)>/g)) {
    if (end === '' && !/^<[\w:]+(\s+[\w:-]+="[^"<]*")*\s*\/?>$/.test(tag)) return tag;
    if (end === '/' && open.pop() !== name) return tag;
    if (end === '' && empty === '') open.push(name);
  }
  return open.length === 0 ? undefined : open.join();
}

for (const [form, values] of Object.entries(forms)) {
  test(`${form} become well-formed SVG with all subjects, whatever their names`, (t) => {
    const [figure, ...others] = figures(values, new Map());
    t.is(figure?.form, form as keyof typeof forms);
    t.is(others.length, 0);
    const svg = renderFigure(figure!);
    t.is(malformed(svg), undefined);
    for (const subject of subjects.slice(0, 4)) t.true(svg.includes(`>${subject}</text>`), subject);
    t.true(svg.includes('a &lt;new&gt; &amp;'));
    t.true(svg.includes('Medians of 3 runs'));
  });
}

test('the page needs nothing from outside, escapes names, and tells losses and failures', (t) => {
  const failed: Reading = { ...forms.bars[3]!, value: null, min: null, max: null, note: 'failed: ended with code 1' };
  const values = [...forms.lines, ...forms.bars.filter((_, index) => index !== 3), failed];
  const metrics = [{ name: 'ns/op', better: 'higher' as const }];
  const descriptions = new Map(['scale', 'few'].map((name) => [name, { operation: 'it', metrics, nodeOptions: [] }]));
  const drawn = figures(values, descriptions).map((figure) => ({ figure, svg: renderFigure(figure) }));
  const text = page({ drawn, readings: values, failures: ['overload ended with code 1'] });
  t.is(text.match(/<svg /g)?.length, 2);
  t.notRegex(text, /<script|<link|src=|url\(http|@import/);
  t.false(text.includes('<new>'));
  t.regex(text, /What failed[^]*overload ended with code 1[^]*few unbuffered go failed: ended with code 1/);
  t.regex(text, /it\s+loses 14/);
  t.regex(text, /▼ heddle loses/);
});
