import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { builtConsole } from './built-console.js';
import { launch, noBrowser } from './chromium.js';
import * as data from './fixture-data.js';
import { Fixture, Refusal } from './fixture.js';
import { Visit } from './visit.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const fixture = new Fixture();
let browser: Browser;
let url: string;
let visit: Visit;

describe.skipIf(noBrowser !== null)(`what the console shows of changes and of much${noBrowser === null ? '' : ` (left out: ${noBrowser})`}`, () => {
  beforeAll(async () => {
    await builtConsole();
    [url, browser] = await Promise.all([fixture.start(), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await fixture.stop();
  });
  beforeEach(async () => {
    fixture.reset();
    visit = await Visit.open(browser, url);
  });
  afterEach(() => visit.close());

  const fails = () => fixture.answers.set('GET processes/p-1/situation', () => data.failed('p-1'));

  it('an open page follows what it is told, and goes on from there when the stream is cut', async () => {
    await visit.to('processes/p-1', 'L-p-1');
    await visit.page.getByText('Live', { exact: true }).waitFor();
    expect(fixture.streams.map(({ process }) => process)).toEqual(['p-1']);
    fails();
    fixture.tell('41', { id: 'p-1', workflow: 'loan', status: 'failed', revision: 9 });
    await visit.page.locator('.explanation').getByText('has failed in step "pay"').waitFor();
    fixture.streams[0]!.answer.destroy();
    await expect.poll(() => fixture.streams.length).toBe(2);
    expect(fixture.streams[1]!.lastEventId).toBe('41');
  });

  it('asks by itself where there is no stream, and says so', async () => {
    fixture.streamsAre = 'refused';
    await visit.page.clock.install();
    await visit.to('processes/p-1', 'L-p-1');
    await visit.page.getByText('Every 5 s').waitFor();
    fails();
    await visit.page.clock.runFor(5100);
    await visit.page.locator('.explanation').getByText('has failed in step "pay"').waitFor();
  });

  it('is silent while its tab is hidden, and looks again when it is shown', async () => {
    await visit.to('processes/p-1', 'L-p-1');
    await visit.page.getByText('Live', { exact: true }).waitFor();
    const hide = (hidden: boolean) =>
      visit.page.evaluate((is) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => is });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await hide(true);
    await visit.page.getByText('Paused', { exact: true }).waitFor();
    fails();
    await hide(false);
    await visit.page.locator('.explanation').getByText('has failed in step "pay"').waitFor();
    await visit.page.getByText('Live', { exact: true }).waitFor();
  });

  it('a process that is not there, and a server that is away, are told in words', async () => {
    fixture.answers.set('GET processes/p-404/situation', () => new Refusal(404, 'There is no process "p-404".'));
    await visit.to('processes/p-404', 'Process');
    await visit.page.getByRole('alert').getByText('There is no process "p-404".').waitFor();
    await visit.page.route('**/api/attention', (route) => route.abort());
    await visit.page.getByRole('link', { name: 'Attention' }).click();
    await visit.page.getByText('The server cannot be reached.').waitFor();
  });

  it('the page of a process can be used by its list of steps alone', async () => {
    await visit.to('processes/p-1', 'L-p-1');
    const list = visit.page.locator('.step-list');
    await list.getByRole('button', { name: /score/ }).focus();
    await visit.page.keyboard.press('Enter');
    await visit.page.getByRole('heading', { name: 'Step score' }).waitFor();
    expect(new URL(visit.page.url()).searchParams.get('step')).toBe('score');
    await visit.page.getByText('The credit bureau has answered 503').first().waitFor();
  });

  it('what has failed last is chosen first, with its error', async () => {
    await visit.to('processes/p-7', 'L-p-7');
    await visit.page.getByRole('heading', { name: 'Step pay' }).waitFor();
    await visit.page.locator('pre.error').getByText('account 4711 is closed').waitFor();
  });

  it('a click in the drawing chooses a step', async () => {
    await visit.to('processes/p-1', 'L-p-1');
    await visit.page.locator('.graph .node', { hasText: 'identity' }).click();
    await visit.page.getByRole('heading', { name: 'Step identity' }).waitFor();
  });

  it('a list of 10,000 comes in pages, and each shows its rows', async () => {
    await visit.to('processes', 'Processes');
    for (const count of [100, 200, 300]) {
      await expect.poll(() => visit.page.locator('tbody tr').count()).toBe(count);
      await visit.page.getByRole('button', { name: 'More processes' }).click();
    }
    await visit.page.getByText('400 shown, there are more.').waitFor();
    await visit.page.getByRole('link', { name: 'L-p-400: waiting at review' }).click();
    await visit.heading('L-p-400');
  });

  it('a history of 5,000 records comes in pages', async () => {
    await visit.to('processes/p-1?part=history', 'L-p-1');
    const rows = visit.page.getByRole('region', { name: 'History', exact: true }).last().locator('tbody tr');
    await expect.poll(() => rows.count()).toBe(100);
    await visit.page.getByRole('button', { name: 'More records' }).click();
    await expect.poll(() => rows.count()).toBe(200);
    await visit.page.getByLabel('Only what people did').check();
    await expect.poll(() => rows.count()).toBe(4);
  });

  it('a graph of 1,000 nodes is a list of steps first, and is drawn on demand', async () => {
    fixture.answers.set('GET workflows/loan/graph', () => large(1000));
    await visit.to('processes/p-1', 'L-p-1');
    await expect.poll(() => visit.page.locator('.step-list li').count()).toBe(1000);
    expect(await visit.page.locator('.graph').count()).toBe(0);
    await visit.page.getByRole('button', { name: 'Draw anyway' }).click();
    await expect.poll(() => visit.page.locator('.graph .node').count(), { timeout: 30_000 }).toBe(1000);
  });

  it('times are local or UTC, and colours light or dark, as the person says, and it is kept', async () => {
    await visit.to('processes/p-1', 'L-p-1');
    await visit.page.locator('.explanation').getByText('2026-11-30 12:00:00').waitFor(); // Vienna
    await visit.page.getByText('Settings', { exact: true }).click();
    await visit.page.getByLabel('Times').selectOption('UTC');
    await visit.page.locator('.explanation').getByText('2026-11-30 11:00:00 UTC').waitFor();
    await visit.page.getByLabel('Colours').selectOption('dark');
    await visit.page.reload();
    await visit.page.locator('.explanation').getByText('2026-11-30 11:00:00 UTC').waitFor();
    expect(await visit.page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
  });
});

/** Chains side by side, with a choice at each tenth step. */
function large(count: number) {
  const nodes = Array.from({ length: count }, (_, index) => ({
    id: `n${index}`,
    kind: index % 10 === 9 ? 'choice' : 'step',
    step: `step-${index}`,
    label: `step-${index}`,
    detail: null,
  }));
  const edges = nodes
    .slice(1)
    .flatMap((node, index) => [
      { from: `n${index}`, to: node.id, label: null },
      ...(index % 10 === 9 && index + 7 < count ? [{ from: `n${index}`, to: `n${index + 7}`, label: 'other' }] : []),
    ]);
  return { ...data.graph, nodes, edges };
}
