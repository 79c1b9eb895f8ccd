/** A polite crawler of one site: `node build/examples/crawler.js URL [MAX_PAGES]`. */
import { channel, main, semaphore, sleep, spawn, withTimeout } from 'heddle';
import { fetch } from 'heddle/http';

const [start = 'http://localhost:8080/', most = '50'] = process.argv.slice(2);
const site = new URL(start).origin;
/** At most four requests at once, and a pause after each. */
const polite = semaphore(4, { name: 'site' });
const seen = new Set<string>();
const pages = channel<string>(Infinity, { name: 'pages' });
let pending = 0;
let failed = 0;

await main(function* () {
  visit(start);
  yield* pages.forEach(function* (url) {
    yield* spawn(page, url);
  });
  process.stderr.write('\n');
  console.log(`${seen.size} pages of ${site}, ${failed} failed`);
});

function visit(url: string): void {
  if (seen.has(url) || seen.size >= Number(most)) return;
  seen.add(url);
  pending++;
  pages.trySend(url);
}

function* page(url: string) {
  try {
    const html = yield* polite.withPermit(load(url));
    for (const [, href] of html.matchAll(/href="([^"#]+)"/g)) {
      const link = URL.canParse(href!, url) ? new URL(href!, url) : null;
      if (link?.origin === site) visit(link.href);
    }
  } catch (error) {
    failed++;
    process.stderr.write(`\r${url}: ${(error as Error).message}\n`);
  }
  if (--pending === 0) pages.close();
  process.stderr.write(`\r${seen.size - pending} of ${seen.size} pages`);
}

function* load(url: string) {
  const response = (yield* withTimeout(10_000, fetch(url))).expectOk();
  const isPage = response.headers.get('content-type')?.includes('html');
  const body = isPage ? yield* response.text() : (response.cancel(), '');
  yield* sleep(100);
  return body;
}
