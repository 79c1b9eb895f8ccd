/**
 * Builds `dist/` for `npm ci`, `npm start` and installations from git. Without the devDependencies (`npm ci --omit=dev`) there is
 * no compiler: an existing `dist/` is kept.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (hasCompiler()) process.exit(spawnSync('npm run --silent build', { shell: true, stdio: 'inherit' }).status ?? 1);
if (existsSync('dist/index.js'))
  console.error('heddle: the devDependencies are not installed, so dist/ is not rebuilt and stays as it is');
else {
  console.error(
    'heddle: dist/ cannot be built, because the devDependencies are not installed. Run `npm ci`, and then\n' +
      '`npm prune --omit=dev` to remove them; or, if you bring a dist/ along, `npm ci --omit=dev --ignore-scripts`.',
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
