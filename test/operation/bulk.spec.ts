/** Bulk runs on each database, with two instances of one application. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BulkNotFoundError, type BulkRequest, fail, InvalidInputError, Step, UnknownStepError, UnknownWorkflowError, Workflow } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import type { Database } from '../support/databases.js';

class Job {
  tag = '';
  n = 0;
}
class Answer {
  n!: number;
}

let isMended = false;

@Workflow({ name: 'bulk-job', version: 1, context: Job })
class BulkJob {
  @Step() work() {
    return isMended ? { n: 1 } : fail('the partner is down');
  }
  @Step({ input: Answer }) answer(_job: Job, { n }: Answer) {
    return { n };
  }
}

@Workflow({ name: 'bulk-job', version: 2, context: Job })
class NextBulkJob {
  @Step() work() {}
  @Step({ input: Answer }) answer() {}
}

const cells = matrix().filter(({ queue }) => queue === 'database');

describe.each(cells)('$name', ({ database }) => {
  let db: Database;
  let test = 0;
  const apps: TestApp[] = [];
  beforeAll(async () => void (db = await database()));
  afterEach(async () => {
    isMended = false;
    test++;
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });
  afterAll(() => db.drop());

  const boot = async (worker: object = { sweepInterval: '50 ms' }) => {
    const app = await bootApp(db, 'database', { options: { worker }, providers: [BulkJob, NextBulkJob] });
    apps.push(app);
    return app;
  };
  /** Processes of this test, that have failed. */
  const failed = async ({ workflows }: TestApp, count: number) => {
    const all = await Promise.all(Array.from({ length: count }, (_, i) => workflows.start(BulkJob, {}, { groupId: `${test}:${String(i).padStart(3, '0')}` })));
    for (const { id } of all) await until(() => workflows.get(id), ({ status }) => status === 'failed'); // prettier-ignore
    return all.map(({ id }) => id);
  };
  const mine = () => ({ groupIdPrefix: `${test}:` });
  const ended = ({ workflows }: TestApp, id: string) => until(() => workflows.bulk.get(id), ({ state }) => state !== 'running', 30_000); // prettier-ignore
  const recordsOf = async ({ workflows }: TestApp, ids: readonly string[], type: string) =>
    (await Promise.all(ids.map((id) => workflows.history(id)))).map((history) => history.filter((record) => record.type === type));

  it('plans and then does an action on all that fit: each audit record has the actor, the reason and the run', async () => {
    const app = await boot();
    const ids = await failed(app, 30);
    isMended = true;
    const request: BulkRequest = { action: 'retry', filter: { ...mine(), status: 'failed' }, options: { step: 'work' }, actor: 'ada', reason: 'it is up' };
    const plan = await app.workflows.bulk.plan({ ...request, limit: 7 });
    expect([plan.count, plan.isMore, plan.examples.length]).toEqual([7, true, 5]);
    expect(plan.examples[0]).toEqual({ id: ids[29], workflow: 'bulk-job', groupId: `${test}:029`, status: 'failed' });
    expect(await app.workflows.bulk.plan(request)).toMatchObject({ count: 30, isMore: false });
    expect(await recordsOf(app, [ids[0]!], 'process-retried')).toEqual([[]]);
    const run = await app.workflows.bulk.start(request);
    expect(await ended(app, run.id)).toMatchObject({ state: 'done', done: 30, failed: 0, skipped: 0, actor: 'ada', reason: 'it is up', finishedAt: expect.any(Date) as Date });
    for (const records of await recordsOf(app, ids, 'process-retried'))
      expect(records).toMatchObject([{ actor: 'ada', reason: `it is up [bulk run ${run.id}]`, step: 'work' }]);
    const items = await app.workflows.bulk.items(run.id, { limit: 20 });
    const rest = await app.workflows.bulk.items(run.id, { limit: 20, cursor: items.next! });
    expect([...items.items, ...rest.items].map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(ids.map((id) => `${id} done`).sort());
    expect((await app.workflows.bulk.list({ limit: 1 })).items[0]).toMatchObject({ id: run.id });
  });

  it('says of each what no longer applied and what went wrong, and keeps to its limit', async () => {
    const app = await boot();
    const ids = await failed(app, 4);
    await app.workflows.cancel(ids[3]!);
    const run = await app.workflows.bulk.start({ action: 'restartFrom', filter: mine(), options: { contextVersion: 9 }, limit: 3 });
    expect(await ended(app, run.id)).toMatchObject({ state: 'done', done: 0, failed: 3, skipped: 0 });
    const retry = await app.workflows.bulk.start({ action: 'cancel', filter: mine() });
    expect(await ended(app, retry.id)).toMatchObject({ done: 3, skipped: 1 });
    const skipped = (await app.workflows.bulk.items(retry.id)).items.filter(({ outcome }) => outcome === 'skipped');
    expect(skipped).toMatchObject([{ id: ids[3], error: expect.stringContaining('cancelled') as string }]);
  });

  it('skips, migrates, and provides an input once', async () => {
    const app = await boot();
    const ids = await failed(app, 3);
    const run = async (request: Omit<BulkRequest, 'filter'>, filter = {}) => ended(app, (await app.workflows.bulk.start({ ...request, filter: { workflow: 'bulk-job', ...mine(), ...filter } })).id); // prettier-ignore
    expect(await run({ action: 'skip', options: { step: 'work', patch: { n: 5 } } })).toMatchObject({ done: 3 });
    expect(await run({ action: 'migrate', options: { to: 2 } }, { version: 1 })).toMatchObject({ done: 3, failed: 0, skipped: 0 });
    expect((await app.workflows.get(ids[0]!)).workflowVersion).toBe(2);
    expect(await run({ action: 'migrate', options: { to: 2 } })).toMatchObject({ done: 0, skipped: 3 });
    expect(await run({ action: 'provideInput', options: { step: 'answer', input: { n: 8 } } })).toMatchObject({ done: 3 });
    for (const id of ids) await until(() => app.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
  });

  it.each(['before', 'after'] as const)('an instance that dies %s its actions: another goes on, and no process gets the action twice', async (when) => {
    const dying = await boot({ sweepInterval: '1 h', heartbeat: '300 ms' });
    const ids = await failed(dying, 45);
    const { operating } = dying.engine.store;
    const put = operating.putBulkItems.bind(operating);
    let died!: () => void;
    const isDead = new Promise<void>((resolve) => (died = resolve));
    operating.putBulkItems = async (items) => {
      const isBegin = items[0]!.outcome === 'begun';
      if (isBegin) await put(items);
      if (isBegin && when === 'after') return;
      died();
      await new Promise(() => {}); // it never answers again
    };
    const run = await dying.workflows.bulk.start({ action: 'restartFrom', filter: { ...mine(), status: 'failed' }, options: { contextVersion: 1 } });
    await isDead;
    const begun = await dying.workflows.bulk.items(run.id, { limit: 200 });
    expect(begun.items.map(({ outcome }) => outcome)).toEqual(begun.items.map(() => 'begun'));
    expect(begun.items).toHaveLength(20);
    const other = await boot({ sweepInterval: '50 ms', heartbeat: '300 ms' });
    expect(await ended(other, run.id)).toMatchObject({ state: 'done', done: 45, failed: 0, skipped: 0 });
    for (const records of await recordsOf(other, ids, 'process-restarted')) expect(records).toHaveLength(1);
    dying.engine.activity.end(); // what never answers does not hold up the end of the test
  });

  it('stops when it is told to, and its rate keeps it from being done before', async () => {
    const app = await boot();
    const ids = await failed(app, 6);
    const run = await app.workflows.bulk.start({ action: 'cancel', filter: mine(), perMinute: 1 });
    await until(() => app.workflows.bulk.get(run.id), ({ done }) => done === 1); // prettier-ignore
    expect(await app.workflows.bulk.stop(run.id)).toMatchObject({ state: 'stopped', done: 1 });
    await app.engine.sweeper.sweep();
    expect(await app.workflows.bulk.stop(run.id)).toMatchObject({ state: 'stopped', done: 1 });
    expect((await Promise.all(ids.map((id) => app.workflows.get(id)))).filter(({ status }) => status === 'cancelled')).toHaveLength(1);
  });

  it('discards and replays messages of the inbox', async () => {
    const app = await boot();
    for (const key of ['a', 'b', 'c']) await app.workflows.emit('later', key, {}, { effectiveAt: new Date(Date.now() + 3_600_000), messageId: `${test} ${key}` });
    const filter = { disposition: 'scheduled' as const };
    const plan = await app.workflows.bulk.plan({ action: 'discard', filter });
    expect(plan).toMatchObject({ count: 3, isMore: false });
    expect(plan.examples[0]).toMatchObject({ workflow: null, groupId: null, status: 'scheduled' });
    const run = await app.workflows.bulk.start({ action: 'discard', filter, limit: 2 });
    expect(await ended(app, run.id)).toMatchObject({ done: 2, failed: 0 });
    expect(await ended(app, (await app.workflows.bulk.start({ action: 'replay', filter })).id)).toMatchObject({ done: 1 });
    expect((await app.workflows.bulk.plan({ action: 'discard', filter })).count).toBe(0);
  });
});

const [cell] = cells;

describe('a wrong bulk run', () => {
  let db: Database;
  let app: TestApp;
  beforeAll(async () => {
    db = await cell!.database();
    app = await bootApp(db, 'database', { providers: [BulkJob, NextBulkJob] });
  });
  afterAll(async () => {
    await app.close();
    await db.drop();
  });

  const filter = { workflow: 'bulk-job' };
  it.each<[string, object, abstract new (...args: never[]) => Error, string]>([
    ['with another action', { action: 'restart', filter }, InvalidInputError, 'it must be one of retry, skip'],
    ['with an empty filter', { action: 'cancel', filter: {} }, InvalidInputError, 'an empty filter would be everything'],
    ['with a page in its filter', { action: 'cancel', filter: { ...filter, limit: 5 } }, InvalidInputError, 'say limit beside it'],
    ['with a wrong filter', { action: 'cancel', filter: { state: 'failed' } }, InvalidInputError, 'there is no "state"'],
    ['with an option of another action', { action: 'cancel', filter, options: { step: 'work' } }, InvalidInputError, 'there is no "step"'],
    ['with a wrong option', { action: 'cancel', filter, options: { compensate: 'yes' } }, InvalidInputError, 'it must be true or false'],
    ['without what the action needs', { action: 'restartFrom', filter }, InvalidInputError, 'restartFrom needs "contextVersion"'],
    ['without the workflow of its step', { action: 'skip', filter: { status: 'failed' }, options: { step: 'work' } }, InvalidInputError, 'skip needs a "workflow"'],
    ['with an unknown step', { action: 'skip', filter, options: { step: 'works' } }, UnknownStepError, 'Did you mean "work"?'],
    ['with a step that takes no input', { action: 'provideInput', filter, options: { step: 'work' } }, UnknownStepError, 'It needs a step with an input'],
    ['with an unknown version', { action: 'migrate', filter, options: { to: 3 } }, UnknownWorkflowError, 'version 3'],
    ['with a limit of none', { action: 'retry', filter, limit: 0 }, InvalidInputError, 'it must be a whole number from 1'],
    ['with something else', { action: 'retry', filter, dryRun: true }, InvalidInputError, 'there is no "dryRun"'],
  ])('%s is refused, and none is written', async (_, request, error, sentence) => {
    const refused = app.workflows.bulk.start(request as BulkRequest);
    await expect(refused).rejects.toThrow(error);
    await expect(refused).rejects.toThrow(sentence);
    expect((await app.workflows.bulk.list()).items).toEqual([]);
  });

  it('that is not there is told', async () => {
    await expect(app.workflows.bulk.get('none')).rejects.toThrow(BulkNotFoundError);
    await expect(app.workflows.bulk.items('none')).rejects.toThrow(BulkNotFoundError);
    await expect(app.workflows.bulk.stop('none')).rejects.toThrow('There is no bulk run none');
  });
});
