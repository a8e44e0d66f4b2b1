// Builds the library, its console and this application, each only if a source of it is newer than what was built last.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const nest = createRequire(import.meta.url).resolve('@nestjs/cli/bin/nest.js');

const lib = build('lib', 'dist/index.js', () => run(process.execPath, [nest, 'build', 'lib']));
const pages = build('console', 'console/dist/index.html', () =>
  run('npm', ['run', '--silent', 'build:console'], { shell: true }),
);
if (lib || pages || !areEmbedded()) run(process.execPath, [join(root, 'console/embed.mjs')]);
build('sample-app/src', 'sample-app/dist/main.js', () => run(process.execPath, [nest, 'build', 'sample-app']));

/** False where the library was built by itself. */
function areEmbedded() {
  return readFileSync(join(root, 'dist/console-assets.js'), 'utf8').includes('<html');
}

/** True if it was built now. */
function build(sources, built, make) {
  if (existsSync(join(root, built)) && newest(join(root, sources)) < statSync(join(root, built)).mtimeMs) return false;
  console.log(`Building ${sources.split('/')[0]}…`);
  make();
  return true;
}

function run(command, args, options) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (status !== 0) process.exit(1);
}

/** When the newest source was written. What was built is none. */
function newest(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const sources = files
    .map((file) => join(file.parentPath, file.name))
    .filter((file) => !relative(folder, file).startsWith('dist'));
  return Math.max(...sources.map((file) => statSync(file).mtimeMs));
}
