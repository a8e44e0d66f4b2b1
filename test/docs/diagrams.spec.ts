import 'reflect-metadata';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { diagrams, FOLDER } from '../../sample-app/src/diagrams.js';

const files = existsSync(FOLDER) ? readdirSync(FOLDER) : [];

describe('docs/diagrams (npm run diagrams makes them anew)', () => {
  let pages: Map<string, string>;
  beforeAll(async () => {
    pages = await diagrams();
  });

  it('has a page for each group of samples, and no other', () => expect(files.sort()).toEqual([...pages.keys()].sort()));

  it.each(files)('%s is what the workflows are today', (file) => expect(readFileSync(FOLDER + file, 'utf8')).toBe(pages.get(file)));

  it('leaves no workflow of the sample application out', async () => {
    const written = readdirSync(`${FOLDER}../../sample-app/src`, { recursive: true, encoding: 'utf8' });
    const missing = written.filter((path) => /\.workflow\.(ts|json)$/.test(path) && ![...pages.values()].some((page) => page.includes(`/${path})`)));
    expect(missing).toEqual([]);
  });
});
