import type { Dirent } from 'node:fs';
import type { Reply } from '../io/http.js';

/** A page that lists a directory. Names are data: they are escaped for HTML and for URLs. */
export function listing(urlPath: string, entries: readonly Dirent[]): Reply {
  const title = escapeHtml(decode(urlPath));
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  const items = [...(urlPath === '/' ? [] : ['../']), ...names].map(
    (name) => `<li><a href="${escapeHtml(href(name))}">${escapeHtml(name)}</a></li>`,
  );
  return {
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:16px/1.6 system-ui,sans-serif;margin:3rem auto;max-width:40rem;padding:0 1rem;color-scheme:light dark}</style>
<h1>${title}</h1>
<ul>
${items.join('\n')}
</ul>
`,
  };
}

/** Relative to the page; `./` in front, lest a name such as `a:b` be taken for a scheme. */
function href(name: string): string {
  return name === '../' ? name : `./${encodeURIComponent(name.replace(/\/$/, ''))}${name.endsWith('/') ? '/' : ''}`;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
