import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawMermaid } from '../../lib/definition/mermaid.js';
import { compileWrittenOrder } from '../../lib/definition/written-order.js';
import { sourceOf } from '../../lib/workflows/explorer.js';
import { brokenLinks, type Document, documents, missingScripts, root, wrongPlaces, wrongTests } from './document.js';
import { faultsIn } from './type-check.js';

const forbidden = ['TODO', 'FIXME'];
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };

describe.each(documents().map((document) => [document.path, document] as const))('%s', (_path, document) => {
  it('has TypeScript that compiles', () => expect(faultsIn(document)).toEqual([]), 60_000);

  it('links to what is there', () => expect(brokenLinks(document)).toEqual([]));

  it('names files, functions and tests there are', () => expect([...wrongPlaces(document), ...wrongTests(document)]).toEqual([]));

  it('runs npm scripts there are', () => expect(missingScripts(document, scripts)).toEqual([]));

  it('has the drawings of today', async () => {
    for (const [drawn, now] of await drawingsOf(document)) expect(drawn).toBe(now);
  });

  it('leaves nothing for later', () => expect(forbidden.filter((word) => document.text.includes(word))).toEqual([]));
});

/** The drawings marked `draw: path#Class`, each beside what the workflow looks like. */
function drawingsOf({ blocks }: Document): Promise<[string, string][]> {
  const marked = blocks.flatMap(({ mark, text }) => [...mark.matchAll(/^draw: (\S+)#(\w+)$/g)].map(([, file, name]) => ({ file: file!, name: name!, text })));
  return Promise.all(marked.map(async ({ file, name, text }) => [text.trim(), await drawn(file, name)] as [string, string]));
}

async function drawn(file: string, name: string): Promise<string> {
  const type = ((await import(join(root, file))) as Record<string, new () => object>)[name]!;
  return drawMermaid(compileWrittenOrder(sourceOf(type, Object.create(type.prototype as object) as object)).definition);
}
