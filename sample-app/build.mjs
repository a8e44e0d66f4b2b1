// Builds the library and this application, each only if a source of it is newer than what was built last.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const nest = createRequire(import.meta.url).resolve('@nestjs/cli/bin/nest.js');

build('lib', 'lib', 'dist/index.js');
build('sample-app', 'sample-app/src', 'sample-app/dist/main.js');

function build(project, sources, built) {
  if (existsSync(join(root, built)) && newest(join(root, sources)) < statSync(join(root, built)).mtimeMs) return;
  console.log(`Building ${project}…`);
  const { status } = spawnSync(process.execPath, [nest, 'build', project], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

function newest(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
}
