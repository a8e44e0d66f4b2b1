/** Bulk runs and pauses that have ended are deleted when `keep` of the module says so, and else kept. */
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { Step, Workflow } from '../../lib/index.js';
import { aBulk, aPause } from '../../lib/testing/contract/operating-contract.js';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';

@Workflow({ name: 'kept' })
class Kept {
  @Step() work() {}
}
@Workflow({ name: 'greedy', keep: { bulkRuns: '1 day' } as never })
class Greedy {
  @Step() work() {}
}

const DAY = 24 * 60 * 60 * 1000;

describe.each([
  ['SQLite', async () => libsqlFile()],
  ['PostgreSQL', postgres],
  ['MySQL', mysql],
] as const)('what has ended on %s', async (_name, make) => {
  const database: Database = await make();

  describe.skipIf(!isThere(database))(titleOf(database), () => {
    const apps: TestApp[] = [];
    afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));
    afterAll(() => database.drop());

    const boot = async (keep: object | undefined, heartbeat = '50 ms') => {
      const options = { ...(keep && { keep }), worker: { heartbeat, sweepInterval: '1 h' } };
      const app = await bootApp(database, 'database', { options: options as never, providers: [Kept] });
      apps.push(app);
      return app;
    };

    /** Runs and pauses that ended so many days ago, by name; `null`: they have not ended. */
    async function made({ engine: { store, clock } }: TestApp, days: Readonly<Record<string, number | null>>, items = 3): Promise<void> {
      const now = clock.now().getTime();
      for (const [id, ago] of Object.entries(days)) {
        const at = ago === null ? null : now - ago * DAY;
        await store.operating.keepBulk(
          aBulk({ id, state: at === null ? 'running' : 'done', startedAt: now, finishedAt: at, heldUntil: at ?? now + DAY }),
          null,
        );
        await store.operating.putBulkItems(
          Array.from({ length: items }, (_, i) => ({ bulkId: id, id: `p${i}`, outcome: 'done' as const, error: null, at: now })),
        );
        await store.operating.keepPause(aPause({ id, address: `p:${id}`, endedAt: at }), null);
      }
    }
    const left = async ({ dataSource }: TestApp) => {
      const ids = async (table: string, column = 'id') => ((await dataSource.query(`select distinct ${column} as id from workflow_${table} order by ${column}`)) as { id: string }[]).map(({ id }) => id); // prettier-ignore
      return { runs: await ids('bulk'), items: await ids('bulk_item', 'bulk_id'), pauses: await ids('pause') };
    };
    const clear = async ({ dataSource }: TestApp) => {
      for (const table of ['bulk', 'bulk_item', 'pause']) await dataSource.query(`delete from workflow_${table}`);
    };

    it('is deleted once it has been kept for as long as the module says; what runs and what holds stays', async () => {
      const log = vi.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
      const app = await boot({ bulkRuns: '90 days', pauses: '30 days' }, '1 h');
      expect(log.mock.calls.flat()).toContain('What has ended is deleted: bulk runs after 90 days, pauses after 30 days.');
      log.mockRestore();
      await made(app, { a: 91, b: 89, c: 31, d: 29, live: null });
      await app.engine.endedOperations.sweep();
      expect(await left(app)).toEqual({ runs: ['b', 'c', 'd', 'live'], items: ['b', 'c', 'd', 'live'], pauses: ['d', 'live'] });
      expect((await app.workflows.bulk.items('b')).items).toHaveLength(3);
      await clear(app);
    });

    it('is kept for ever where the module says nothing', async () => {
      const app = await boot({ completed: '1 day', pauses: 'forever' }, '1 h');
      await made(app, { a: 5000 });
      await app.engine.endedOperations.sweep();
      expect(await left(app)).toEqual({ runs: ['a'], items: ['a'], pauses: ['a'] });
      await clear(app);
    });

    it('goes in batches with the sweep of each instance, which share the runs', async () => {
      const all = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`r${i}`, 2 + i]));
      const first = await boot(undefined, '1 h');
      await made(first, all, 1100);
      await boot({ bulkRuns: '1 day', pauses: '1 day' });
      await boot({ bulkRuns: '1 day', pauses: '1 day' });
      await until(() => left(first), ({ runs, items, pauses }) => runs.length + items.length + pauses.length === 0, 30_000); // prettier-ignore
    });

    it('is not asked for by a workflow, and not for no time', async () => {
      await expect(boot({ bulkRuns: 0 })).rejects.toThrow("keep.bulkRuns is no time at all: say for instance '1 day'");
      await expect(boot({ bulkRun: '1 day' })).rejects.toThrow('Did you mean "bulkRuns"?');
      await expect(boot({ pauses: 'some days' })).rejects.toThrow('keep.pauses');
      await expect(bootApp(database, 'database', { providers: [Greedy] })).rejects.toThrow('keep: there is no option "bulkRuns"');
    });
  });
});
