import { heatFills } from './heat.js';

/** The style sheet of the report and the live page. Every colour is a variable with a light and a dark value. */
export const pageStyle: string = /* css */ `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f6f8fa; --ink: #1f2328; --faint: #59636e; --line: #d1d9e0; --edge: #818b98;
  --accent: #0969da; --alarm: #b42318; --alarm-paper: #fff1ef; --warm: #e8590c;
  ${heatFills.map((fill, heat) => `--heat-${heat}: ${fill};`).join(' ')}
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0d1117; --panel: #151b23; --ink: #f0f6fc; --faint: #9198a1; --line: #3d444d; --edge: #656c76;
    --accent: #4493f8; --alarm: #ff8b7e; --alarm-paper: #2d1512; --warm: #d9622b;
    --heat-0: #1b222b; --heat-1: #33290f; --heat-2: #4d3a0c; --heat-3: #6e4a0a; --heat-4: #8f4510; --heat-5: #ad3b14;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem clamp(1rem, 3vw, 2.5rem) 3rem; max-width: 110rem;
  background: var(--paper); color: var(--ink); font: 14px/1.45 system-ui, sans-serif;
}
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; }
header .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .8rem; }
#state::before { content: '● '; color: var(--accent); }
.gone #state::before { color: var(--alarm); }
#filter { width: 17rem; }
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: 1rem; margin: 0; }
.faint, header p { color: var(--faint); margin: 0; overflow-wrap: anywhere; }
a { color: var(--accent); }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0; padding: 0; }
.tiles div { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .45rem .8rem; min-width: 6.5rem; }
.tiles dt { color: var(--faint); font-size: .8rem; }
.tiles dd { margin: 0; font-size: 1.2rem; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.warnings { margin: 1rem 0; padding: .6rem 1rem; list-style: none; border: 1px solid var(--alarm); border-radius: .5rem; background: var(--alarm-paper); }
.warnings li { overflow-wrap: anywhere; }
.warnings:empty { display: none; }
.warnings li::before { content: '! '; color: var(--alarm); font-weight: 700; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.2rem; align-items: start; }
@media (min-width: 100rem) { .columns { grid-template-columns: minmax(0, 1fr) minmax(0, 56rem); } }
section > .bar { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; margin: 0 0 .5rem; min-height: 2rem; }
.bar .faint { margin-right: auto; }
button, input, select { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: .4rem; padding: .15rem .6rem; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.graph, .table { border: 1px solid var(--line); border-radius: .5rem; overflow: auto; max-height: 70vh; }
.graph { padding: .5rem; text-align: center; min-height: 12rem; }
.graph svg { max-width: 100%; height: auto; max-height: 66vh; }
.graph.actual { text-align: left; }
.graph.actual svg { max-width: none; max-height: none; }
.graph text { fill: var(--ink); }
.graph .edge path { stroke: var(--edge); }
.graph .edge polygon { stroke: var(--edge); fill: var(--edge); }
.graph .node { cursor: pointer; }
.graph .node :is(path, polygon, ellipse) { stroke: var(--edge); }
.graph .node.waits :is(path, polygon, ellipse) { stroke: var(--accent); }
${heatFills.map((_, heat) => `.graph .heat-${heat} :is(path, polygon, ellipse):not([fill='none']) { fill: var(--heat-${heat}); }`).join('\n')}
.graph .node, .graph .edge { transition: opacity .15s; }
.graph svg.selecting :is(.node, .edge):not(.near) { opacity: .18; }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .5rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 14rem; }
.figures { overflow-x: auto; margin: .6rem 0; }
.figures table { width: auto; min-width: min(100%, 40rem); }
.figures caption { text-align: left; color: var(--faint); padding: .2rem .5rem; }
.figures tr.limiting td:first-child { box-shadow: inset 3px 0 var(--warm); font-weight: 600; }
#scheduling { margin-top: 1.2rem; }
thead th { position: sticky; top: 0; background: var(--panel); font-weight: 600; }
thead button { all: unset; cursor: pointer; }
thead button:focus-visible { outline: 2px solid var(--accent); }
th[aria-sort=descending] button::after { content: ' ↓'; }
th[aria-sort=ascending] button::after { content: ' ↑'; }
.table tbody tr { cursor: pointer; }
.table tbody tr:hover, tbody tr.selected { background: var(--panel); }
tbody tr.selected td:first-child { box-shadow: inset 3px 0 var(--accent); }
td small { display: block; color: var(--faint); }
tbody[hidden], tbody:not(.open) .place { display: none; }
.group td:first-child::before { content: '▸ '; color: var(--faint); }
.open .group td:first-child::before { content: '▾ '; }
.place td:first-child { padding-left: 1.6rem; color: var(--faint); font-size: 12px; }
.more td { text-align: left; padding-left: 1.6rem; color: var(--faint); cursor: default; }
tr.waits td:nth-child(2) { font-weight: 700; color: var(--accent); }
svg.share { width: 2.5rem; height: .5rem; margin-left: .4rem; border-radius: 2px; }
.share rect { fill: var(--line); }
.share rect + rect { fill: var(--warm); }
ul.locks { padding: 0; margin: 1rem 0; list-style: none; }
.locks li { margin: .2rem 0; overflow-wrap: anywhere; }
footer { margin-top: 1.2rem; }
footer h2 { margin-top: .8rem; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;
