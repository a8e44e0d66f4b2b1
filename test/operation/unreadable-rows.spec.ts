/** Rows that this instance cannot read (a later release wrote them, or a person) do not keep it from others, however many they are. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Step, Workflow } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';

class Job {
  n = 0;
}

@Workflow({ name: 'plain', context: Job })
class Plain {
  @Step() only() {
    return { n: 1 };
  }
}
@Workflow({ name: 'timed', context: Job })
class Timed {
  @Step({ after: '1 h' }) only() {
    return { n: 1 };
  }
}

/** More than one page of each question: the room of one process, and 200 due waits. */
const KINDS = [
  { kind: 'unclaimed processes', workflow: Plain, unreadable: 5 },
  { kind: 'due waits', workflow: Timed, unreadable: 201 },
];

for (const { name, database, queue } of matrix().filter((cell) => cell.queue === 'database')) {
  const sample = await database();
  describe.skipIf(!isThere(sample))(`${name}: ${titleOf(sample)}`, () => {
    let db: Database;
    const apps: TestApp[] = [];
    beforeEach(async () => void (db = await database()));
    afterEach(async () => {
      await Promise.all(apps.splice(0).map((app) => app.close()));
      await db.drop();
    });
    const boot = async (worker: object) => {
      const options = { worker: { sweepInterval: '20ms', heartbeat: '1h', ...worker } as const };
      const app = await bootApp(db, queue, { options, providers: [Plain, Timed] });
      apps.push(app);
      return app;
    };

    it.each(KINDS)(
      '$kind: those behind a page of unreadable ones are run',
      async ({ workflow, unreadable }) => {
        const first = await boot({ enabled: false, sweepInterval: '1h' });
        for (let i = 0; i < unreadable; i++) await first.workflows.start(workflow, {}, { groupId: `broken ${i}` });
        await first.dataSource.query(`update workflow_process set tokens = '{"by":"a later release"}'`);
        const { id } = await first.workflows.start(workflow, {}, { groupId: 'healthy' });
        await first.dataSource.query(`update workflow_wait set due_at = case when process_id = '${id}' then 2 else 1 end`);
        const second = await boot({ concurrency: 1 });
        await until(async () => (await second.workflows.get(id)).status, (status) => status === 'completed', 15_000); // prettier-ignore
        const [row] = (await first.dataSource.query(`select count(*) as n from workflow_process where worker = '${second.engine.worker}'`)) as { n: number }[];
        expect(Number(row!.n), 'unreadable ones are left alone').toBe(0);
      },
      60_000,
    );

    it('what a worker that is gone has held: those behind a page of unreadable ones are taken over', async () => {
      const first = await boot({ enabled: false, sweepInterval: '1h' });
      await Promise.all(Array.from({ length: 500 }, (_, i) => first.workflows.start(Plain, {}, { groupId: `broken ${i}` })));
      await first.dataSource.query(`update workflow_process set tokens = '{"by":"a later release"}'`);
      const { id } = await first.workflows.start(Plain, {}, { groupId: 'healthy' });
      await first.dataSource.query(`update workflow_process set worker = 'gone'`);
      const second = await boot({ heartbeat: '200ms' });
      await until(async () => (await second.workflows.get(id)).status, (status) => status === 'completed', 15_000); // prettier-ignore
    }, 60_000);
  });
}
