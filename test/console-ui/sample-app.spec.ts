import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Instance, until } from '../../sample-app/src/story/instance.js';
import { built, Place } from '../sample-app/app.js';
import { launch, noBrowser } from './chromium.js';
import { proxyTo } from './proxy.js';
import { Visit } from './visit.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

const MOUNT = '/workflow-console/';
let place: Place;
let app: Instance;
let browser: Browser;
let visit: Visit;

interface Found {
  readonly items: readonly { readonly id: string; readonly status: string; readonly cause: string | null }[];
}

describe.skipIf(noBrowser !== null)(`the console of the sample application${noBrowser === null ? '' : ` (left out: ${noBrowser})`}`, () => {
  beforeAll(async () => {
    await built();
    // the partner does not answer by itself, and nothing is paid while a test looks
    place = new Place({ PARTNER_THINKS_MS: '600000', CHECK_TAKES_MS: '50', PAY_AFTER_MS: '600000', PIZZA_BAKES_MS: '-1' });
    [app, browser] = await Promise.all([place.start(), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await place?.leave();
  });
  afterEach(() => visit.close());

  const open = async (options = {}, url = app.url + MOUNT) => (visit = await Visit.open(browser, url, options));
  const actions = () => visit.page.getByRole('group', { name: 'Actions' });
  const dialog = () => visit.page.getByRole('dialog');
  const state = () => visit.page.locator('.process-line .state');
  const shows = (word: string) => expect.poll(() => state().textContent(), { timeout: 20_000 }).toBe(word);

  it('a loan is started with a form, waits, is answered, and is cancelled for a reason', async () => {
    await open();
    await visit.to('workflows/loan', 'loan');
    await visit.page.getByRole('button', { name: 'Start a process' }).click();
    await dialog().getByLabel('reference').fill('L-1');
    await dialog().getByLabel('name', { exact: true }).fill('Ada Lovelace');
    await dialog().getByLabel('birthday').fill('1990-12-10T00:00');
    await dialog().getByLabel('amount', { exact: true }).fill('a lot');
    await dialog().getByLabel('purpose').selectOption('house');
    await dialog().getByLabel('Group id (optional)').fill('L-1');
    await dialog().getByRole('button', { name: 'Start loan' }).click();
    await dialog().locator('.field-problem').getByText('amount must be an amount of money').waitFor();
    await dialog().getByLabel('amount', { exact: true }).fill('2500.00');
    await dialog().getByRole('button', { name: 'Start loan' }).click();
    await visit.heading('L-1');
    await visit.page.locator('.explanation').getByText('waits in step "identity"').waitFor();

    await actions().getByRole('button', { name: 'Send the response to identity' }).click();
    await dialog().locator('textarea').fill('{ "passed": true }');
    await dialog().getByRole('button', { name: 'Send the response to identity' }).click();
    await dialog().waitFor({ state: 'detached' });
    await visit.page.locator('.explanation').getByText('in step "pay"').waitFor();
    await visit.page.locator('.graph .node.done', { hasText: 'decide' }).waitFor();

    await actions().getByRole('button', { name: 'Cancel', exact: true }).click();
    await dialog().getByLabel('Reason').fill('the customer has changed her mind');
    await dialog().getByRole('button', { name: 'Cancel L-1' }).click();
    await shows('cancelled');
    await visit.page.getByRole('link', { name: 'History' }).click();
    await visit.page.getByText('Reason: the customer has changed her mind').waitFor();
    await visit.page.getByRole('link', { name: 'Context' }).click();
    await visit.page.getByLabel('Compared with').selectOption('version 1, as it was started');
    await visit.page.locator('tr.added', { hasText: 'score' }).waitFor();
  });

  it('a step that fails is found among what needs attention, and is mended by a retry', async () => {
    const file = join(place.env.DATABASE_FILE!, '../brought.txt');
    const { id } = await app.post<{ id: string }>('/workflow-api/workflows/file-upload/processes', { context: { owner: 'Grace' }, groupId: 'U-1' });
    await open();
    await visit.to(`processes/${id}`, 'U-1');
    await actions().getByRole('button', { name: 'Provide input for validate' }).click();
    await dialog().getByLabel('path').fill(file);
    await dialog().getByRole('button', { name: 'Provide input for validate' }).click();
    await shows('failed');
    await visit.page.locator('pre.error').getByText('ENOENT').waitFor();
    expect(await visit.page.locator('.waterfall tbody tr').first().getAttribute('class')).toBe('failed');

    await visit.page.getByRole('link', { name: 'Attention' }).click();
    await visit.page.getByRole('link', { name: 'failed: file-upload · validate, 1' }).click();
    await visit.page.getByRole('link', { name: 'U-1: failed at validate' }).click();
    await visit.heading('U-1');
    writeFileSync(file, 'something');
    await actions()
      .getByRole('button', { name: /^Retry/ })
      .first()
      .click();
    await dialog()
      .getByRole('button', { name: /^Retry/ })
      .click();
    await shows('completed');
  });

  it('an open page shows what others do, without a reload', async () => {
    const { id } = await app.post<{ id: string }>('/workflow-api/workflows/file-upload/processes', { context: { owner: 'Lin' }, groupId: 'U-2' });
    await open();
    await visit.to(`processes/${id}`, 'U-2');
    await shows('waiting');
    await visit.page.getByText('Live', { exact: true }).waitFor();
    await app.post(`/workflow-api/processes/${id}/suspend`, { reason: 'looked into' });
    await shows('suspended');
    await app.post(`/workflow-api/processes/${id}/resume`, {});
    await shows('waiting');
  });

  const withoutFile = async (groupId: string) => {
    const path = join(place.env.DATABASE_FILE!, `../${groupId}.txt`);
    const { id } = await app.post<{ id: string }>('/workflow-api/workflows/file-upload/processes', { context: { owner: 'Ada' }, groupId });
    await app.post(`/workflow-api/workflows/file-upload/processes/${id}/inputs/validate`, { input: { path } });
    return path;
  };
  const statuses = async (prefix: string) => (await app.get<Found>(`/workflow-api/processes?groupIdPrefix=${prefix}`)).items.map(({ status }) => status).sort();

  it('a bulk run mends as many as its limit says, at its rate, and is stopped', async () => {
    const paths = await Promise.all(['B-1', 'B-2', 'B-3', 'B-4'].map(withoutFile));
    await until('all have failed', async () => (await statuses('B-')).every((each) => each === 'failed'));
    for (const path of paths) writeFileSync(path, 'something');
    await open();
    const begin = async (fields: Record<string, string>, verb: string) => {
      await visit.to('processes?workflow=file-upload&status=failed&groupIdPrefix=B-', 'Processes');
      await visit.page.getByRole('button', { name: 'Act on all of these' }).click();
      for (const [label, text] of Object.entries(fields)) await dialog().getByLabel(label).fill(text);
      await dialog().getByRole('button', { name: 'Count first' }).click();
      await dialog().getByRole('button', { name: verb }).click();
      await visit.heading('Retry file-upload');
    };
    await begin({ 'How many at most': '2' }, 'Retry 2 processes');
    await visit.page.getByText('done 2 handled of at most 2.').waitFor();
    await expect.poll(() => statuses('B-')).toEqual(['completed', 'completed', 'failed', 'failed']);

    await begin({ 'In a minute at most': '1', Reason: 'the disk is back' }, 'Retry 2 processes');
    await visit.page.getByText('running 1 handled.').waitFor();
    await visit.page.getByRole('button', { name: 'Stop', exact: true }).click();
    await dialog().getByRole('button', { name: 'Stop this run' }).click();
    await visit.page.getByText('stopped 1 handled.').waitFor();
    await expect.poll(() => statuses('B-')).toEqual(['completed', 'completed', 'completed', 'failed']);
  });

  const startedLoan = (reference: string) => {
    const applicant = { name: 'Ada Lovelace', birthday: '1990-12-10' };
    return app.post<{ id: string }>('/workflow-api/workflows/loan/processes', { context: { reference, applicant, amount: '900.00', purpose: 'car' }, groupId: reference }); // prettier-ignore
  };
  const ask = async (button: string, fields: Record<string, string>, verb: string) => {
    await visit.page.getByRole('button', { name: button, exact: true }).first().click();
    for (const [label, text] of Object.entries(fields)) await dialog().getByLabel(label).fill(text);
    await dialog().getByRole('button', { name: verb }).click();
    await dialog().waitFor({ state: 'detached' });
  };

  it('a queue is paused, a process that waits for it says so, and it is resumed bit by bit', async () => {
    const { id } = await startedLoan('L-9');
    await open();
    await visit.to('queues', 'Queues and workers');
    await ask('Pause checks', { Reason: 'the bureau is down' }, 'Pause the queue checks');
    await visit.page.getByRole('row', { name: 'the queue checks paused' }).waitFor();
    await visit.to(`processes/${id}`, 'L-9');
    await ask('Send the response to identity', { Data: '{ "passed": true }' }, 'Send the response to identity');
    await shows('paused');
    await visit.page.locator('.explanation').getByText('the bureau is down').first().waitFor();
    await visit.to('queues', 'Queues and workers');
    await visit.page.getByRole('row', { name: 'checks paused 0 2 0' }).waitFor(); // held back, and not waiting
    await ask('Resume checks', { 'At most in a minute': '30' }, 'Resume the queue checks');
    await visit.page.getByRole('row', { name: 'the queue checks resuming 30 in a minute' }).waitFor();
    await ask('Resume checks', {}, 'Resume the queue checks');
    await visit.page.getByText('Nothing is paused.').waitFor();
    await visit.to(`processes/${id}`, 'L-9');
    await shows('waiting');
    await visit.page.locator('.graph .node.done', { hasText: 'decide' }).waitFor();
  });

  it('a workflow and one of its steps are paused and resumed on the page of the workflow', async () => {
    await open();
    await visit.to('workflows/loan', 'loan');
    await ask('Pause', {}, 'Pause the workflow loan');
    await ask('Pause register', {}, 'Pause the step register of loan');
    const paused = visit.page.getByRole('region', { name: 'What is paused' }).getByRole('row');
    await expect.poll(() => paused.count()).toBe(3); // with the heads
    const { id } = await startedLoan('L-10');
    await ask('Resume register', {}, 'Resume the step register of loan');
    await visit.to(`processes/${id}`, 'L-10');
    await shows('paused');
    await visit.to('workflows/loan', 'loan');
    await ask('Resume', {}, 'Resume the workflow loan');
    await visit.page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    await visit.to(`processes/${id}`, 'L-10');
    await shows('waiting');
  });

  it('a deep link works behind a proxy that takes a prefix away, and so do reads and writes', async () => {
    const { id } = await app.post<{ id: string }>('/workflow-api/workflows/file-upload/processes', { context: { owner: 'Eve' }, groupId: 'U-3' });
    const proxy = await proxyTo(app.url, '/ops/tools');
    try {
      await open({}, `${proxy.url}${MOUNT}`);
      await visit.to(`processes/${id}?part=history`, 'U-3');
      await visit.page.getByRole('rowheader', { name: 'process started' }).waitFor();
      await actions().getByRole('button', { name: 'Suspend' }).click();
      await dialog().getByRole('button', { name: 'Suspend U-3' }).click();
      await shows('suspended');
      await visit.page.getByRole('link', { name: 'Workflows', exact: true }).click();
      await visit.page.getByRole('link', { name: 'file-upload', exact: true }).click();
      await visit.heading('file-upload');
      expect(new URL(visit.page.url()).pathname).toBe(`/ops/tools${MOUNT}workflows/file-upload`);
      await visit.page.reload();
      await visit.page.locator('.graph .node').first().waitFor();
    } finally {
      await visit.page.goto('about:blank');
      await proxy.stop();
    }
  });

  it.each(['light', 'dark'] as const)('every page, in %s colours: axe finds nothing, and nothing scrolls sideways at 360 pixels', async (colorScheme) => {
    const process = `processes/${(await startedLoan(`L-${colorScheme}`)).id}`;
    const parts = ['steps', 'context', 'messages', 'family', 'log', 'history'].map((part) => `${process}?part=${part}`);
    const paths = ['', 'processes', ...parts, 'workflows', 'workflows/loan', 'workflows/OrderWorkflow', 'queues', 'inbox', 'outbox', 'bulk'];
    await open({ colorScheme });
    const found: string[] = [];
    for (const path of paths) {
      await visit.page.setViewportSize({ width: 1280, height: 900 });
      await visit.to(path);
      await visit.page.waitForFunction(() => document.querySelector('.loading') === null);
      found.push(...(await visit.violations()).map((each) => `${path}: ${each}`));
      await visit.page.setViewportSize({ width: 360, height: 740 });
      if ((await visit.sideways()) > 0) found.push(`${path} is wider than the screen`);
    }
    expect(found).toEqual([]);
  });

  it('a request without the header of the console changes nothing', async () => {
    await open();
    await visit.to('', 'Needs attention');
    const { id } = await app.post<{ id: string }>('/workflow-api/workflows/file-upload/processes', { context: { owner: 'Eve' }, groupId: 'U-4' });
    const isWaiting = async () => (await app.get<{ status: string }>(`/workflow-api/processes/${id}`)).status === 'waiting';
    await until('waiting', isWaiting);
    const status = await visit.page.evaluate(
      async ([url]) => (await fetch(url!, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status,
      [`${app.url}${MOUNT}api/processes/${id}/cancel`],
    );
    expect(status).toBe(403);
    expect(await isWaiting()).toBe(true);
  });
});
