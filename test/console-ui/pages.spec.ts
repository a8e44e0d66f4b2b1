import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { builtConsole } from './built-console.js';
import { launch, noBrowser } from './chromium.js';
import { NOW } from './fixture-data.js';
import { Fixture } from './fixture.js';
import { Visit } from './visit.js';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

const fixture = new Fixture();
let browser: Browser;
let url: string;

describe.skipIf(noBrowser !== null)(`every page of the console${noBrowser === null ? '' : ` (left out: ${noBrowser})`}`, () => {
  beforeAll(async () => {
    await builtConsole();
    [url, browser] = await Promise.all([fixture.start(), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await fixture.stop();
  });
  beforeEach(() => fixture.reset());

  const PAGES = {
    'what needs attention': ['', 'Needs attention'],
    'the list': ['processes?workflow=loan&status=failed', 'Processes'],
    'a process that waits': ['processes/p-1', 'L-p-1'],
    'a process that has failed': ['processes/p-7?step=pay', 'L-p-7'],
    'a difference of versions': ['processes/p-1?part=context&since=2', 'L-p-1'],
    'messages of a process': ['processes/p-1?part=messages', 'L-p-1'],
    'children of a process': ['processes/p-1?part=family', 'L-p-1'],
    'the log of a process': ['processes/p-1?part=log', 'L-p-1'],
    'the history of a process': ['processes/p-1?part=history', 'L-p-1'],
    workflows: ['workflows', 'Workflows'],
    'a workflow': ['workflows/loan', 'loan'],
    queues: ['queues', 'Queues and workers'],
    'the inbox': ['inbox?message=m-1', 'Inbox'],
    'the outbox': ['outbox', 'Outbox'],
    'bulk runs': ['bulk', 'Bulk runs'],
    'a bulk run': ['bulk/b-1', 'Retry loan'],
    'an address that leads to nothing': ['nothing/here/at/all', 'There is no such page'],
  } as const;

  describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
    it.each(Object.entries(PAGES))('%s: axe finds nothing', async (_name, [path, heading]) => {
      const visit = await Visit.open(browser, url, { colorScheme });
      await visit.page.clock.setFixedTime(NOW);
      await visit.to(path, heading);
      await shown(visit);
      expect(await visit.violations()).toEqual([]);
      await visit.close();
    });

    it('a dialog with a form and its problems: axe finds nothing', async () => {
      const visit = await Visit.open(browser, url, { colorScheme });
      await visit.to('processes/p-1');
      await visit.page.getByRole('group', { name: 'Actions' }).getByRole('button', { name: 'Provide input for review' }).click();
      const dialog = visit.page.getByRole('dialog', { name: 'Provide input for review' });
      await dialog.getByRole('button', { name: 'Add an item' }).click();
      await dialog.getByRole('button', { name: 'Provide input for review' }).click();
      await dialog.getByRole('alert').waitFor();
      expect(await visit.violations()).toEqual([]);
      await visit.close();
    });
  });

  it('on a screen of 360 pixels, nothing scrolls sideways but tables and graphs in their own boxes', async () => {
    const visit = await Visit.open(browser, url, { viewport: { width: 360, height: 740 } });
    const wide: string[] = [];
    for (const [path] of Object.values(PAGES)) {
      await visit.to(path);
      await shown(visit);
      if ((await visit.sideways()) > 0) wide.push(path);
    }
    await visit.page.getByRole('button', { name: 'Menu' }).click();
    await visit.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Queues and workers' }).click();
    await visit.heading('Queues and workers');
    expect(wide).toEqual([]);
    await visit.close();
  });

  it('with the colours that the system forces, a state has its shape and its word', async () => {
    const visit = await Visit.open(browser, url, { forcedColors: 'active' });
    await visit.to('processes/p-7');
    await visit.page.locator('.graph .node.failed').waitFor();
    const drawn = await visit.page.locator('.graph .node.failed').textContent();
    expect(drawn).toContain('failed');
    expect(await visit.page.locator('.state.bad .shape').first().isVisible()).toBe(true);
    await visit.close();
  });

  it('the first page is at most 90 kB, compressed, and the layout of graphs is not part of it', async () => {
    const { readFileSync, readdirSync } = await import('node:fs');
    const { gzipSync } = await import('node:zlib');
    const dist = await builtConsole();
    const visit = await Visit.open(browser, url);
    const loaded: string[] = [];
    visit.page.on('response', (response) => response.url().includes('/assets/') && loaded.push(response.url().split('/').at(-1)!));
    await visit.to('', 'Needs attention');
    await shown(visit);
    const sizes = [`${dist}/index.html`, ...loaded.map((name) => `${dist}/assets/${name}`)].map((path) => gzipSync(readFileSync(path)).length);
    expect(loaded.some((name) => name.startsWith('layout'))).toBe(false);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60_000);
    expect(readdirSync(`${dist}/assets`)).toHaveLength(3);
    await visit.close();
  });
});

/** All that is read is there. */
async function shown(visit: Visit): Promise<void> {
  await visit.page.waitForFunction(() => document.querySelector('.loading') === null);
}
