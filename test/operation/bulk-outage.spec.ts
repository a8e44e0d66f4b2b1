/** The database goes away in the middle of a bulk run: the run goes on, and no process gets the action twice. */
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fail, Step, Workflow } from '../../lib/index.js';
import { type BreakableDatabase, breakable } from '../observing/breakable.js';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, isThere, mysql, postgres, titleOf } from '../support/databases.js';

/** Called when a body begins. */
let begins = () => {};

@Workflow({ name: 'bulk-outage' })
class Job {
  @Step() work() {
    begins();
    return fail('the partner is down');
  }
}

const COUNT = 60;
const servers = [
  [await postgres(), process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'],
  [await mysql(), process.env.TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306'],
] as const;

for (const [database, url] of servers) describe.skipIf(!isThere(database))(titleOf(database), () => outages(database, url));

function outages(database: Database, url: string): void {
  const apps: TestApp[] = [];
  let wire: BreakableDatabase | undefined;
  afterEach(async () => {
    begins = () => {};
    wire?.mend();
    vi.restoreAllMocks();
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });

  /** What the database says, beside the wire. */
  const direct = async <T>(sql: string): Promise<T[]> => {
    const dataSource = await database.connect();
    return (dataSource.query(sql) as Promise<T[]>).finally(() => void dataSource.destroy());
  };
  const items = async (runId: string) => (await direct<{ outcome: string }>(`select outcome from workflow_bulk_item where bulk_id = '${runId}'`)).map(({ outcome }) => outcome); // prettier-ignore

  async function boot(): Promise<TestApp> {
    const app = await bootApp(wire!, 'database', { options: { worker: { sweepInterval: '50 ms', heartbeat: '300 ms' } }, providers: [Job] });
    apps.push(app);
    return app;
  }

  /** `freeze`: statements arrive, and their answers are lost. */
  it.each([
    ['cut', 'restartFrom'],
    ['freeze', 'restartFrom'],
    ['cut', 'retry'],
    ['freeze', 'retry'],
  ] as const)('connections that %s in the middle of %s: the run goes on when the database is back, and does nothing twice', async (how, action) => {
    wire = await breakable(database, url);
    const interrupted = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const app = await boot();
    const group = `${how}-${action}-`;
    const ids = await Promise.all(Array.from({ length: COUNT }, async (_, i) => (await app.workflows.start(Job, {}, { groupId: `${group}${i}` })).id));
    for (const id of ids) await until(() => app.workflows.get(id), ({ status }) => status === 'failed'); // prettier-ignore
    let begun = 0;
    const isBroken = new Promise<void>((resolve) => {
      begins = () => {
        if (++begun !== 25) return;
        wire![how]();
        resolve();
      };
    });
    const run = await app.workflows.bulk.start({
      action,
      filter: { groupIdPrefix: group },
      ...(action === 'restartFrom' && { options: { contextVersion: 1 } }),
    });
    await isBroken;
    if (how === 'freeze') wire.cut();
    await until(() => interrupted.mock.calls.flat().filter((line) => String(line).includes(`The bulk run ${run.id} was interrupted`)).length, (count) => count > 0, 30_000); // prettier-ignore
    expect(await items(run.id)).toContain('begun');
    expect(await direct(`select state from workflow_bulk where id = '${run.id}'`)).toEqual([{ state: 'running' }]);
    wire.mend();
    await until(() => app.workflows.bulk.get(run.id).catch(() => null), (found) => found?.state === 'done', 30_000); // prettier-ignore
    expect(await app.workflows.bulk.get(run.id)).toMatchObject({ done: COUNT, failed: 0, skipped: 0 });
    const outcomes = await items(run.id);
    expect([outcomes.length, new Set(outcomes)]).toEqual([COUNT, new Set(['done'])]);
    const records = (await Promise.all(ids.map((id) => app.workflows.history(id)))).map((history) => history.filter(({ reason }) => reason?.includes(run.id)));
    expect(records.map((ofProcess) => ofProcess.length)).toEqual(ids.map(() => 1));
  });
}
