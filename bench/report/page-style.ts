/** The style sheet of the page. Colours that mean something have a word beside them, too. */
export const pageStyle = `
:root { color-scheme: light dark; --paper: #fff; --ink: #222; --faint: #666; --line: #ddd; --own: #fdf0e6; --loss: #a40000; --win: #006644; }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #181818; --ink: #e4e4e4; --faint: #a0a0a0; --line: #3a3a3a; --own: #33241a; --loss: #ff8a80; --win: #6fd3a8; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 940px; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.9rem; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 0.4rem; border-top: 1px solid var(--line); padding-top: 1.2rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.3rem; }
section.figure { border-top: 1px solid var(--line); margin-top: 2.2rem; padding-top: 1rem; }
section.figure h2 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
a { color: inherit; }
code { font: 0.88em/1.4 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
figure { margin: 0.5rem 0 1rem; }
figure svg { width: 100%; height: auto; }
.origins { list-style: none; padding: 0; color: var(--faint); font-size: 0.9rem; }
nav ol { columns: 2; font-size: 0.92rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.84rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--faint); padding-bottom: 0.3rem; }
th, td { padding: 0.25rem 0.7rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; white-space: nowrap; }
th[scope="row"], .moves td { text-align: left; }
tr.own { background: var(--own); }
small, .note, .even { color: var(--faint); }
.note { display: block; white-space: normal; }
.loses { color: var(--loss); font-weight: 600; }
.wins { color: var(--win); }
.failed { border-left: 4px solid var(--loss); padding-left: 1rem; }
.failed h2 { border: 0; color: var(--loss); }
.command { font-size: 0.9rem; color: var(--faint); }
@media print {
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  section, figure, tr { break-inside: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 7.5pt; }
}
`;
