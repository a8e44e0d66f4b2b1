import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { afterAll } from 'vitest';
import { resolve } from '../../vitest.config.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds a file that has `runInstance(options)`, with all of lib that it uses, so that an instance starts in a second and not in five.
 * Returns what starts one. The built file stands among the packages, so that it finds them.
 */
export async function instancesOf(file: URL): Promise<(options: object, how?: ForkOptions) => ChildProcess> {
  const outDir = join(root, 'node_modules', '.argonaut-test', `${basename(file.pathname, '.ts')}-${process.pid}-${Date.now()}`);
  afterAll(() => rmSync(outDir, { recursive: true, force: true }));
  const output = { entryFileNames: 'entry.mjs' };
  const ssr = fileURLToPath(file);
  await build({ root, resolve, configFile: false, logLevel: 'error', build: { ssr, outDir, minify: false, rollupOptions: { output } } });
  const entry = pathToFileURL(join(outDir, 'entry.mjs')).href;
  return (options, how = {}) => fork(fileURLToPath(new URL('./instance.mjs', import.meta.url)), [JSON.stringify(options), entry], how);
}
