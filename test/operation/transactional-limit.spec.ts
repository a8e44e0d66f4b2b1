/** Transactional steps take half of the application's pool, and wait in order for it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import type { Database } from '../support/databases.js';

class Job {
  n = 0;
}

let gate = Promise.resolve();
let open = () => {};
let atOnce = 0;
let most = 0;

@Workflow({ name: 'paid', context: Job })
class Paid {
  @Step({ transactional: true }) async pay(job: Job, step: StepRef) {
    most = Math.max(most, ++atOnce);
    await step.manager.query('select 1');
    await gate;
    atOnce--;
    return { n: job.n + 1 };
  }
}

@Workflow({ name: 'queued', context: Job })
class Queued {
  @Step({ transactional: true, queue: 'money' }) pay(job: Job, step: StepRef) {
    return new Paid().pay(job, step);
  }
}

@Workflow({ name: 'repaid', context: Job })
class Repaid {
  @Step({ transactional: true, compensate: 'repay' }) pay() {}
  @Step({ on: 'never' }) rest() {}
  repay(job: Job, step: StepRef) {
    return new Paid().pay(job, step);
  }
}

describe.each(matrix().filter(({ name }) => name.startsWith('postgres') || name.startsWith('mysql')))('$name', ({ database, queue }) => {
  let db: Database;
  let app: TestApp;
  beforeAll(async () => void (db = await database()));
  afterAll(() => db.drop());
  afterEach(async () => {
    open();
    await app.close();
  });

  it('twelve in process and eight queued at the default pool: at most five run, the application answers, all are done', async () => {
    gate = new Promise((resolve) => (open = resolve));
    [atOnce, most] = [0, 0];
    app = await bootApp(db, queue, { queues: { money: { concurrency: 20 } }, providers: [Paid, Queued] });
    const start = (workflow: string) => (_: unknown, i: number) => app.workflows.start(workflow, {}, { groupId: `${workflow} ${i}` });
    const started = await Promise.all([...Array.from({ length: 12 }, start('paid')), ...Array.from({ length: 8 }, start('queued'))]);
    await until(
      () => atOnce,
      (count) => count === 5,
    );
    const sentences = await Promise.all(started.slice(0, 12).map(async ({ id }) => (await app.workflows.explain(id)).sentence));
    expect(sentences.filter((sentence) => sentence.includes('waits to run step "pay": for one of 5 connections')).length).toBeGreaterThanOrEqual(7);
    expect(await app.dataSource.transaction(async (manager) => (await manager.query('select 1 as one')).length)).toBe(1);
    open();
    for (const { id } of started)
      await until(
        () => app.workflows.get(id),
        ({ status }) => status === 'completed',
      );
    expect(most).toBe(5);
  });

  it('nor do more than five of what undoes them', async () => {
    gate = new Promise((resolve) => (open = resolve));
    [atOnce, most] = [0, 0];
    app = await bootApp(db, queue, { providers: [Repaid] });
    const started = await Promise.all(Array.from({ length: 9 }, () => app.workflows.start(Repaid)));
    const statusIs = (id: string, wanted: string) => until(() => app.workflows.get(id), ({ status }) => status === wanted); // prettier-ignore
    for (const { id } of started) await statusIs(id, 'waiting');
    for (const { id } of started) await app.workflows.cancel(id, { compensate: true });
    await until(() => atOnce, (count) => count === 5); // prettier-ignore
    const sentences = await Promise.all(started.map(async ({ id }) => (await app.workflows.explain(id)).sentence));
    expect(sentences.filter((sentence) => sentence.includes('waits to run undoing what was done: for one of 5 connections'))).toHaveLength(4);
    open();
    for (const { id } of started) await statusIs(id, 'cancelled');
    expect(most).toBe(5);
  });
});
