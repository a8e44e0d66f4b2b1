import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The name in the `package.json` that is nearest above the main script, or above the working directory where a process manager is the script. Without a scope
 * sign and slashes, which have a meaning in names of keys. Null: there is none.
 */
export function applicationName(script: string | undefined = process.argv[1], folder: string = process.cwd()): string | null {
  const isOwn = script !== undefined && !/[\\/]node_modules[\\/]/.test(script);
  const name = (isOwn ? nameAbove(dirname(script)) : null) ?? nameAbove(folder);
  return name?.replaceAll(/[^\w.-]+/g, '-').replace(/^-/, '') || null;
}

function nameAbove(folder: string): string | null {
  const name = packageNameIn(folder);
  const above = dirname(folder);
  return name ?? (above === folder ? null : nameAbove(above));
}

/** A `package.json` may have no name: a folder of CommonJS inside an application has one like that. */
function packageNameIn(folder: string): string | null {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return typeof name === 'string' && name !== '' ? name : null;
  } catch {
    return null;
  }
}
