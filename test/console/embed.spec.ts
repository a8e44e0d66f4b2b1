/** How the pages get into the package. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const EMBED = join(import.meta.dirname, '../../console/embed.mjs');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'embed-'));
  for (const each of ['built/assets', 'dist/cjs']) mkdirSync(join(folder, each), { recursive: true });
  for (const each of ['dist/console-assets.js', 'dist/cjs/console-assets.js']) writeFileSync(join(folder, each), '');
  writeFileSync(join(folder, 'dist/cjs/package.json'), '{ "type": "commonjs" }');
  writeFileSync(join(folder, 'built/assets/a-1.js'), 'const text = `"\\n\u2028${1}`;');
});
afterEach(() => rmSync(folder, { recursive: true }));

const embed = () => spawnSync(process.execPath, [EMBED, join(folder, 'built'), join(folder, 'dist')], { encoding: 'utf8' });

it('puts page and assets into both modules, word for word', async () => {
  writeFileSync(join(folder, 'built/index.html'), '<html></html>');
  expect(embed()).toMatchObject({ status: 0, stderr: '' });
  const wanted = { version: expect.stringMatching(/^\d+\.\d+\.\d+/), index: '<html></html>', files: { 'a-1.js': 'const text = `"\\n\u2028${1}`;' } };
  expect(createRequire(import.meta.url)(join(folder, 'dist/cjs/console-assets.js')).consoleAssets).toEqual(wanted);
  writeFileSync(join(folder, 'dist/package.json'), '{ "type": "module" }');
  const { consoleAssets } = (await import(/* @vite-ignore */ join(folder, 'dist/console-assets.js'))) as { consoleAssets: object };
  expect(consoleAssets).toEqual(wanted);
});

it('says what is missing, and what it cannot take', () => {
  expect(embed().stderr).toContain('Run `npm run build:console` first.');
  writeFileSync(join(folder, 'built/index.html'), '<html></html>');
  writeFileSync(join(folder, 'built/assets/b-2.png'), '');
  expect(embed()).toMatchObject({ status: 1, stderr: expect.stringContaining('b-2.png is no text') });
});
