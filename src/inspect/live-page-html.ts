import { graphSection, tableSection } from '../blocking-graph/render/html.js';

/** The live page before its first refresh. */
export const livePageHtml: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>blocking graph</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body>
<header><h1>Blocking graph</h1><p id="process"></p>
<div class="controls"><span id="state" role="status">connecting</span>
<label>counts <select id="last"><option value="0">since the start</option><option value="10000">of the last 10 s</option><option value="60000">of the last minute</option></select></label>
<button type="button" id="pause" aria-pressed="false">pause</button>
<a href="/snapshot.json">JSON</a> <a href="/graph.dot">DOT</a> <a href="/metrics">metrics</a></div></header>
<dl class="tiles" id="tiles"></dl>
<ul class="warnings" id="warnings" aria-live="polite"></ul>
<ul class="locks" id="locks"></ul>
<main class="columns">
${graphSection('')}
${tableSection('')}
</main>
<section id="scheduling" aria-label="scheduling by resources"></section>
<footer><h2>Scheduler</h2><p class="faint" id="scheduler"></p></footer>
<noscript>This page needs JavaScript; <a href="/snapshot.json">/snapshot.json</a> does not.</noscript>
</body>
</html>
`;
