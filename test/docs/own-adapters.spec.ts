import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { documents, root } from './document.js';

/** The example of docs/own-adapters.md and its test, as they stand there. */
const folder = join(root, 'test', 'docs', `.made-${process.pid}`);
const { blocks } = documents().find(({ path }) => path === 'docs/own-adapters.md')!;

mkdirSync(folder, { recursive: true });
for (const { text } of blocks) {
  const [, name] = /^\/\/ file: (\S+)/.exec(text) ?? [];
  if (name) writeFileSync(join(folder, name), text);
}

describe('docs/own-adapters.md', async () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  await import(join(folder, 'line.task-queue.spec.ts'));
  await import(join(folder, 'my.process-store.spec.ts'));
});
