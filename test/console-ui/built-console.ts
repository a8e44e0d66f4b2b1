import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const CONSOLE = join(import.meta.dirname, '../../console');

/** Builds the pages, if a source of them is newer than what was built last. */
export async function builtConsole(): Promise<string> {
  const page = join(CONSOLE, 'dist/index.html');
  if (!existsSync(page) || newest() > statSync(page).mtimeMs) await build({ configFile: join(CONSOLE, 'vite.config.ts'), logLevel: 'warn' });
  return join(CONSOLE, 'dist');
}

function newest(): number {
  const files = readdirSync(CONSOLE, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.parentPath.includes('dist'));
  return Math.max(...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
}
