import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { alone, ROOT } from '../sample-app/app.js';

const CONSOLE = join(ROOT, 'console');

/** Builds the pages, if a source of them is newer than what was built last. @returns where they are */
export async function builtConsole(): Promise<string> {
  await alone(() => {
    const page = join(CONSOLE, 'dist/index.html');
    if (existsSync(page) && newest() < statSync(page).mtimeMs) return;
    execFileSync('npm', ['run', '--silent', 'build:console'], { cwd: ROOT, stdio: 'pipe' });
  });
  return join(CONSOLE, 'dist');
}

function newest(): number {
  const files = readdirSync(CONSOLE, { recursive: true, withFileTypes: true });
  const sources = files.filter((entry) => entry.isFile() && !entry.parentPath.includes('/dist')).map((file) => join(file.parentPath, file.name)); // prettier-ignore
  return Math.max(...sources.map((path) => statSync(path).mtimeMs));
}
