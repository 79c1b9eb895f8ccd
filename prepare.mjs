/**
 * Builds `dist/` for `npm ci`, `npm start` and who installs from git. Where the devDependencies were left out (`npm ci
 * --omit=dev`) there is nothing to build with, and what was built before has to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (hasCompiler()) process.exit(spawnSync('npm run --silent build', { shell: true, stdio: 'inherit' }).status ?? 1);
if (existsSync('dist/index.js'))
  console.error('heddle: not built anew, since the devDependencies are missing: dist/ stays as it is');
else {
  console.error(
    'heddle: dist/ cannot be built, since the devDependencies are missing. Write `npm ci`, and behind it, to be rid of\n' +
      'them, `npm prune --omit=dev`; where dist/ is brought from elsewhere, `npm ci --omit=dev --ignore-scripts`.',
  );
  process.exit(1);
}

function hasCompiler() {
  try {
    return import.meta.resolve('typescript') !== '';
  } catch {
    return false;
  }
}
