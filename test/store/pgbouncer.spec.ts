/** Behind a pooler in transaction mode each statement may meet another session: nothing of a session is assumed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { Step, type StepRef, Workflow, workflowEntities } from '../../lib/index.js';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, isThere, postgres } from '../support/databases.js';
import { startPgBouncer } from '../support/pgbouncer.js';
import type { PrivateServer } from '../support/servers.js';

class Job {
  n = 0;
}

@Workflow({ name: 'pooled', context: Job })
class Pooled {
  @Step() first() {
    return { n: 1 };
  }
  @Step({ on: 'go' }) second() {
    return { n: 2 };
  }
  @Step({ queue: 'q' }) third() {
    return { n: 3 };
  }
  @Step({ transactional: true }) async fourth(_: Job, step: StepRef) {
    await step.manager.query('select 1');
    return { n: 4 };
  }
}

const direct = await postgres();
const server = isThere(direct) ? ((await direct.connect({})).options as { url: string }).url : '';
const pooler: PrivateServer | null = server ? await startPgBouncer(server) : null;
if (server && !pooler && process.env.CI) throw new Error('PgBouncer is not installed.');

describe.skipIf(!pooler)('PostgreSQL behind PgBouncer in transaction mode', () => {
  let pooled: Database;
  const apps: TestApp[] = [];

  beforeAll(() => {
    const url = Object.assign(new URL(server), { port: new URL(pooler!.url).port }).toString();
    pooled = { ...direct, connect: (more) => new DataSource({ type: 'postgres', url, entities: workflowEntities, ...more } as never).initialize() };
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await pooler!.stop();
    await direct.drop();
  });

  const boot = async () => {
    const app = await bootApp(pooled, 'database', { queues: ['q'], options: { worker: { sweepInterval: 100 } }, providers: [Pooled] });
    apps.push(app);
    return app;
  };

  it('two instances boot, one after the other, and run a hundred processes with every kind of step', async () => {
    const [one, two] = [await boot(), await boot()];
    const started = await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 ? one : two).workflows.start(Pooled, {}, { groupId: `g${i}` })));
    await Promise.all(started.map(({ groupId }, i) => (i % 2 ? two : one).workflows.emit('go', groupId, {})));
    for (const { id } of started) await until(() => one.workflows.get(id), ({ status }) => status === 'completed', 30_000); // prettier-ignore
    expect((await one.workflows.contextAt(started[0]!.id, 5)) as object).toMatchObject({ n: 4 });
  }, 60_000);

  it('leaves the sessions as they were', async () => {
    const { dataSource } = apps[0] ?? (await boot());
    const settings = await Promise.all(
      Array.from({ length: 30 }, () => dataSource.query(`select current_setting('lock_timeout') || ' ' || current_setting('enable_seqscan') as s`)),
    );
    expect([...new Set(settings.map(([row]: { s: string }[]) => row!.s))]).toEqual(['0 on']);
  });

  it('is heard of from its thread', async () => {
    const { engine, dataSource } = apps[0] ?? (await boot());
    const seenAt = async () => Number((await dataSource.query(`select seen_at from workflow_worker where id = '${engine.worker}'`))[0].seen_at);
    expect(engine.store.maintenance.threadBeat(engine.worker)).toMatchObject({ client: 'pg' });
    expect(await seenAt()).toBeGreaterThan(0);
  });
});
