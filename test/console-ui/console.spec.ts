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

describe.skipIf(noBrowser !== null)(`the console in a browser${noBrowser === null ? '' : ` (left out: ${noBrowser})`}`, () => {
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

  const actions = () => visit.page.getByRole('group', { name: 'Actions' });
  const dialog = () => visit.page.getByRole('dialog');

  describe('finding', () => {
    it('a group that needs attention leads to the list of all of it, behind any prefix', async () => {
      await visit.to('', 'Needs attention');
      await visit.page.getByRole('link', { name: 'failed: loan · pay, 312' }).click();
      await visit.heading('Processes');
      const { pathname, searchParams } = new URL(visit.page.url());
      expect(pathname).toBe(`${fixture.mount}processes`);
      expect(Object.fromEntries(searchParams)).toEqual({ workflow: 'loan', step: 'pay', status: 'failed', error: 'The bank has refused: account # is closed' });
      expect(fixture.asked.at(-1)).toContain('error=The+bank+has+refused');
    });

    it('answers that a global interceptor has changed are told of, where the page would fail', async () => {
      fixture.answers.set('GET session', () => ({ data: { rights: ['read'] } }));
      await visit.page.goto(url);
      await visit.page.getByText('A global interceptor of the application may change them').waitFor();
    });

    it('says what is well where nothing needs attention', async () => {
      fixture.answers.set('GET attention', () => ({ items: [] }));
      await visit.to('', 'Needs attention');
      await visit.page.getByText('Nothing needs attention. 214 processes wait as planned, 3 are running.').waitFor();
    });

    it('what takes long to count is counted when a person asks for it, once', async () => {
      await visit.to('workflows', 'Workflows');
      await visit.page.getByRole('rowheader', { name: 'loan' }).waitFor();
      expect(fixture.asked).toContain('counts');
      expect(fixture.asked).not.toContain('sizes');
      await visit.page.getByRole('button', { name: 'Count what is stored' }).click();
      await visit.page.getByRole('region', { name: 'What is stored' }).getByRole('row', { name: 'loan 4,529 24,000 60,000' }).waitFor();
    });

    it('a queue says how many tasks it has done in the last minute, where the server tells', async () => {
      await visit.to('queues', 'Queues and workers');
      await visit.page.getByRole('row', { name: 'checks running 12 0 4 1,240' }).waitFor();
      await visit.page.getByRole('row', { name: 'payments paused 0 31 0 –' }).waitFor();
      fixture.answers.set('GET queues', () => ({ items: data.queues.items.map(({ perMinute: _, ...each }) => each) }));
      await visit.page.reload();
      await visit.page.getByRole('row', { name: 'checks running 12 0 4' }).waitFor();
      expect(await visit.page.getByRole('columnheader', { name: 'Done in the last minute' }).count()).toBe(0);
    });

    it('filters are in the address, so that a link shows the same', async () => {
      await visit.to('processes', 'Processes');
      await visit.page.getByLabel('Workflow', { exact: true }).selectOption('letter');
      await visit.page.getByRole('checkbox', { name: 'failed' }).check();
      await visit.page.getByText('More filters').click();
      await visit.page.getByLabel('Started at or after').fill('2026-11-30T10:00');
      await visit.page.getByRole('button', { name: 'Apply' }).click();
      await visit.page.waitForURL(/workflow=letter/);
      expect(visit.page.url()).toContain('status=failed');
      expect(visit.page.url()).toContain(`startedAfter=${encodeURIComponent('2026-11-30T09:00:00.000Z')}`); // Vienna is an hour ahead
      await visit.page.reload();
      expect(await visit.page.getByLabel('Workflow', { exact: true }).inputValue()).toBe('letter');
      expect(await visit.page.getByRole('checkbox', { name: 'failed' }).isChecked()).toBe(true);
      expect(await visit.page.getByLabel('Started at or after').inputValue()).toBe('2026-11-30T10:00');
    });

    it('the search takes an id, and the beginning of a group id', async () => {
      await visit.to('', 'Needs attention');
      await visit.page.keyboard.press('/');
      await visit.page.keyboard.type('p-7');
      await visit.page.keyboard.press('Enter');
      await visit.heading('L-p-7');
      await visit.page.getByRole('searchbox').fill('L-');
      await visit.page.keyboard.press('Enter');
      await visit.heading('Processes');
      expect(new URL(visit.page.url()).search).toBe('?groupIdPrefix=L-');
    });

    it('j and k go from row to row, Enter opens one, and the focus comes to the heading', async () => {
      await visit.to('processes', 'Processes');
      await visit.page.getByRole('link', { name: 'L-p-3: waiting at review' }).waitFor();
      for (const key of ['j', 'j', 'j', 'k', 'Enter']) await visit.page.keyboard.press(key);
      await visit.heading('L-p-2');
      expect(await visit.page.evaluate(() => document.activeElement?.textContent)).toBe('L-p-2');
      await visit.page.goBack();
      await visit.heading('Processes');
    });

    it('? shows the keys, and Escape closes them', async () => {
      await visit.to('', 'Needs attention');
      await visit.page.keyboard.press('?');
      await visit.page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await visit.page.keyboard.press('Escape');
      await visit.page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
    });

    it('Tab comes first to a link that skips to the content', async () => {
      await visit.to('processes', 'Processes');
      await visit.page.keyboard.press('Tab');
      expect(await visit.page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
      await visit.page.keyboard.press('Enter');
      expect(await visit.page.evaluate(() => document.activeElement?.id)).toBe('main');
    });
  });

  describe('acting', () => {
    it('the safe choice of a dangerous dialog has the focus, Escape changes nothing, and the focus returns', async () => {
      await visit.to('processes/p-1', 'L-p-1');
      await actions().getByRole('button', { name: 'Cancel' }).click();
      await dialog().getByText('It ends now. Nothing that it has done is undone.').waitFor();
      expect(await visit.page.evaluate(() => document.activeElement?.textContent)).toBe('Keep it');
      await visit.page.keyboard.press('Escape');
      await dialog().waitFor({ state: 'detached' });
      expect(fixture.sent).toEqual([]);
      expect(await visit.page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel');
    });

    it('cancels with a reason, by a button that names the process', async () => {
      await visit.to('processes/p-1', 'L-p-1');
      await actions().getByRole('button', { name: 'Cancel' }).click();
      await dialog().getByLabel('Reason').fill('asked for by the customer');
      await dialog().getByRole('button', { name: 'Cancel L-p-1' }).click();
      await dialog().waitFor({ state: 'detached' });
      expect(fixture.sent).toMatchObject([{ path: 'processes/p-1/cancel', body: { reason: 'asked for by the customer' } }]);
    });

    it('a form is made of the schema: strings, numbers, booleans, enums, groups and lists', async () => {
      await visit.to('processes/p-1', 'L-p-1');
      await actions().getByRole('button', { name: 'Provide input for review' }).click();
      await dialog().getByLabel('approved').selectOption('yes');
      await dialog().getByLabel('limit').fill('250');
      await dialog().getByLabel('risk (optional)').selectOption('low');
      await dialog().getByLabel('name').fill('Grace');
      await dialog().getByRole('button', { name: 'Add an item' }).click();
      await dialog().getByLabel('Item 1').fill('urgent');
      await dialog().getByRole('button', { name: 'Provide input for review' }).click();
      await dialog().waitFor({ state: 'detached' });
      const input = { approved: true, limit: 250, risk: 'low', reviewer: { name: 'Grace' }, tags: ['urgent'] };
      expect(fixture.sent).toMatchObject([{ path: 'workflows/loan/processes/p-1/inputs/review', body: { input } }]);
    });

    it('what a field lacks stands beside it, and so does what the server has refused', async () => {
      await visit.to('processes/p-1', 'L-p-1');
      await actions().getByRole('button', { name: 'Provide input for review' }).click();
      const send = () => dialog().getByRole('button', { name: 'Provide input for review' }).click();
      await send();
      await dialog().getByText('3 fields have to be put right.').waitFor();
      expect(await dialog().getByLabel('limit').getAttribute('aria-invalid')).toBe('true');
      fixture.answers.set(
        'POST workflows/loan/processes/p-1/inputs/review',
        () => new Refusal(400, 'The input is wrong.', ['limit must not be greater than 1000']),
      );
      await dialog().getByLabel('approved').selectOption('no');
      await dialog().getByLabel('limit').fill('5000');
      await dialog().getByLabel('name').fill('Grace');
      await send();
      await dialog().getByText('The input is wrong.').waitFor();
      const described = await dialog().getByLabel('limit').getAttribute('aria-describedby');
      expect(await visit.page.locator(`#${described!.split(' ').at(-1)!.replaceAll(':', '\\:')}`).textContent()).toBe('limit must not be greater than 1000');
    });

    it('what a person may not do is shown, with the reason', async () => {
      fixture.answers.set('GET session', () => ({ ...data.session, rights: ['read'] }));
      await visit.to('processes/p-1', 'L-p-1');
      const button = actions().getByRole('button', { name: 'Suspend' });
      expect(await button.getAttribute('aria-disabled')).toBe('true');
      await button.focus();
      const why = visit.page.getByRole('tooltip').and(visit.page.locator(`[id="${await button.getAttribute('aria-describedby')}"]`));
      await why.waitFor({ state: 'visible' });
      expect(await why.textContent()).toBe('This needs the right "mend", which you do not have.');
      await visit.page.keyboard.press('Enter');
      expect(await dialog().count()).toBe(0);
    });

    it('who may not pause sees queues all the same, without what is paused', async () => {
      fixture.answers.set('GET session', () => ({ ...data.session, rights: ['read'] }));
      fixture.answers.set('GET pauses', () => new Refusal(403, 'This needs the right "administer".'));
      await visit.to('queues', 'Queues and workers');
      expect(await visit.page.getByRole('button', { name: 'Pause checks' }).getAttribute('aria-disabled')).toBe('true');
      expect(await visit.page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['Queues', 'Workers']);
      expect(await visit.page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents()).not.toContain('Bulk runs');
      await visit.to('workflows/loan', 'loan');
      await visit.page.getByRole('heading', { name: 'Steps' }).waitFor();
    });

    it('what is not possible now is shown, with the reason of the server', async () => {
      await visit.to('processes/p-1', 'L-p-1');
      await visit.page.getByText('Not possible now: Retry, Erase').click();
      await visit.page.getByText('Retry: Nothing in it has failed.').waitFor({ state: 'visible' });
      expect(await actions().getByRole('button').allTextContents()).not.toContain('Retry');
    });

    it('restarts from the version that is chosen', async () => {
      await visit.to('processes/p-1', 'L-p-1');
      await actions().getByRole('button', { name: 'Restart from a version' }).click();
      await dialog().getByLabel('From the version').selectOption('2');
      await dialog().getByRole('button', { name: 'Restart L-p-1' }).click();
      await dialog().waitFor({ state: 'detached' });
      expect(fixture.sent).toMatchObject([{ path: 'processes/p-1/restart', body: { contextVersion: 2 } }]);
    });

    it('starts a process, and shows it', async () => {
      await visit.to('workflows/loan', 'loan');
      await visit.page.getByRole('button', { name: 'Start a process' }).click();
      await dialog().getByLabel('reference').fill('L-9');
      await dialog().getByLabel('amount', { exact: true }).fill('2500.00');
      await dialog().getByLabel('Group id (optional)').fill('G-9');
      await dialog().getByRole('button', { name: 'Start loan' }).click();
      await visit.heading('L-p-new');
      expect(fixture.sent).toMatchObject([
        { path: 'workflows/loan/processes', body: { context: { reference: 'L-9', amount: '2500.00' }, groupId: 'G-9', version: 2 } },
      ]);
    });

    it('acts on a whole list after a dry run, on exactly what the list shows', async () => {
      await visit.to('processes?workflow=loan&step=pay&status=failed&overdue=true', 'Processes');
      const preview = { dryRun: true, count: 312, isMore: false, examples: [{ id: 'p-7', workflow: 'loan', groupId: 'L-7', status: 'failed' }] };
      fixture.answers.set('POST bulk', () => preview);
      await visit.page.getByRole('button', { name: 'Act on all of these' }).click();
      await dialog().getByLabel('Reason').fill('the bank is back');
      await dialog().getByRole('button', { name: 'Count first' }).click();
      await dialog().getByText('312 processes would be changed.').waitFor();
      fixture.answers.set('POST bulk', () => ({ dryRun: false, run: data.bulkRun }));
      await dialog().getByRole('button', { name: 'Retry 312 processes' }).click();
      await visit.heading('Retry loan');
      const body = { action: 'retry', filter: { workflow: 'loan', step: 'pay', status: ['failed'], overdue: true }, reason: 'the bank is back' };
      expect(fixture.sent.map((each) => each.body)).toEqual([{ ...body, dryRun: true }, { ...body, dryRun: false }]); // prettier-ignore
      await visit.page.getByRole('button', { name: 'Stop', exact: true }).click();
      await dialog().getByRole('button', { name: 'Stop this run' }).click();
      await dialog().waitFor({ state: 'detached' });
      expect(fixture.sent.at(-1)).toMatchObject({ path: 'bulk/b-1/stop' });
    });

    it('without a filter nothing is done to a whole list', async () => {
      await visit.to('processes', 'Processes');
      const button = visit.page.getByRole('button', { name: 'Act on all of these' });
      expect(await button.getAttribute('aria-disabled')).toBe('true');
      await button.hover();
      await visit.page.getByText('Filter the list first: without a filter it would be everything there is.').waitFor({ state: 'visible' });
    });

    it('a dry run that finds none offers no run', async () => {
      await visit.to('processes?workflow=loan', 'Processes');
      fixture.answers.set('POST bulk', () => ({ dryRun: true, count: 0, isMore: false, examples: [] }));
      await visit.page.getByRole('button', { name: 'Act on all of these' }).click();
      await dialog().getByRole('button', { name: 'Count first' }).click();
      await dialog().getByText('There is none: nothing would change.').waitFor();
      expect(await dialog().getByRole('button').allTextContents()).toEqual(['Change nothing']);
      await dialog().getByLabel('Action').selectOption('cancel');
      await dialog().getByRole('button', { name: 'Count first' }).waitFor();
    });

    it('pauses a queue, and readdresses, replays and discards messages', async () => {
      await visit.to('queues', 'Queues and workers');
      await visit.page.getByRole('button', { name: 'Pause checks' }).click();
      await dialog().getByRole('button', { name: 'Pause the queue checks' }).click();
      await dialog().waitFor({ state: 'detached' });
      await visit.page.getByRole('button', { name: 'Resume payments' }).click();
      await dialog().getByLabel('At most in a minute (optional)').fill('60');
      await dialog().getByRole('button', { name: 'Resume the queue payments' }).click();
      await dialog().waitFor({ state: 'detached' });
      await visit.to('inbox', 'Inbox');
      await visit.page.getByRole('button', { name: 'Readdress' }).first().click();
      await dialog().getByLabel('Correlation id').fill('c-1');
      await dialog().getByRole('button', { name: 'Readdress this message' }).click();
      await dialog().waitFor({ state: 'detached' });
      await visit.to('outbox', 'Outbox');
      await visit.page.getByRole('button', { name: 'Discard' }).click();
      await dialog().getByRole('button', { name: 'Discard this message' }).click();
      await dialog().waitFor({ state: 'detached' });
      expect(fixture.sent.map(({ path, body }) => [path, body])).toEqual([
        ['pauses', { queue: 'checks' }],
        ['pauses/resume', { queue: 'payments', perMinute: 60 }],
        ['inbox/m-1/readdress', { workflow: 'loan', step: 'identity', correlationId: 'c-1' }],
        ['outbox/o-1/discard', {}],
      ]);
    });
  });
});
