import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Block, documents, root } from './document.js';

/** Writes the files of a document as they stand there, so that a test can run them. They go when its file is done. */
export function madeFrom(path: string): string {
  const folder = join(root, 'test', 'docs', `.made-${process.pid}-${path.replaceAll('/', '-')}`);
  mkdirSync(folder, { recursive: true });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  for (const { text } of blocksOf(path)) {
    const [, name] = /^\/\/ file: (\S+)/.exec(text) ?? [];
    if (name) writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Those of a document, after those of the document whose files it imports. */
function blocksOf(path: string): readonly Block[] {
  const { blocks, filesOf } = documents().find((document) => document.path === path)!;
  return filesOf === undefined ? blocks : [...blocksOf(filesOf), ...blocks];
}
