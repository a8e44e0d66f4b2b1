/** What a sweep for completed processes costs when many are kept, and that it still finds those that are left. */
import 'reflect-metadata';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Step, Workflow } from 'nestjs-argonaut';
import type { ProcessState } from 'nestjs-argonaut/ports';
import { started } from '../../lib/testing/contract/commit-contract.js';
import { bootApp, type TestApp } from '../support/app.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';

/** Of its first version, processes are kept; of the second they are deleted. */
@Workflow({ name: 'report', version: 1 })
class Kept {
  @Step() write() {}
}

@Workflow({ name: 'report', version: 2, deleteOnCompletion: true })
class Fleeting {
  @Step() write() {}
}

/** As many as a sweep looks at. */
const A_PAGE = 200;
const over: Partial<ProcessState> = { workflow: 'report', status: 'completed', finishedAt: 5, tokens: [] };

interface Cost {
  statements: number;
  rows: number;
  deleted: number;
}

describe.each([
  ['SQLite', async () => libsqlFile()],
  ['PostgreSQL', postgres],
  ['MySQL', mysql],
] as const)('completed processes on %s', async (_name, create) => {
  const found = await create();
  afterAll(() => found.drop());

  describe.skipIf(!isThere(found))(titleOf(found), () => {
    let database: Database;
    let app: TestApp;
    beforeEach(async () => {
      database = await create();
      app = await bootApp(database, 'database', { options: { worker: { enabled: false } }, providers: [Kept, Fleeting] });
    });
    afterEach(async () => {
      await app.close();
      await database.drop();
    });

    const make = (count: number, process: Partial<ProcessState>) =>
      Promise.all(Array.from({ length: count }, () => started(app.engine.store, { process: { ...over, ...process } })));
    const left = async () => Number((await app.dataSource.query('select count(*) as n from workflow_process where workflow_version = 2'))[0].n);

    /** The calls of the store that one sweep makes, and the rows that it gets. */
    async function sweep(): Promise<Cost> {
      const cost: Cost = { statements: 0, rows: 0, deleted: 0 };
      const { maintenance, queries, commits } = app.engine.store;
      const undo = [
        counted(maintenance, ['finishedOf', 'deleteFinished'], cost),
        counted(queries, ['find', 'byGroup', 'liveByGroup'], cost),
        counted(commits, ['load'], cost),
      ];
      await app.engine.finished.sweep();
      for (const each of undo) each();
      return cost;
    }

    it('a sweep costs the same however many are kept, and comes to every one that is left', async () => {
      await make(3 * A_PAGE, { workflowVersion: 1 });
      await make(5, { workflowVersion: 2 });
      const first = await sweep();
      await make(3 * A_PAGE, { workflowVersion: 1 });
      const all = [first];
      for (let beat = 0; beat < 7; beat++) all.push(await sweep());
      const idle = all.filter(({ deleted }) => deleted === 0);
      expect(idle.length).toBeGreaterThan(4);
      expect(Math.max(...idle.map(({ rows }) => rows))).toBeLessThanOrEqual(A_PAGE);
      expect(Math.max(...idle.map(({ statements }) => statements))).toBe(1);
      expect(await left()).toBe(0);
      expect((await app.workflows.find({ workflow: 'report', limit: 1 })).items).toHaveLength(1);
    });

    it('children that a live parent has yet to read are looked at in pages too, with one load for their parents', async () => {
      const parents = await Promise.all(Array.from({ length: 2 }, () => started(app.engine.store)));
      for (const { id } of parents) await make(A_PAGE, { workflowVersion: 2, parent: { id, awaited: true, tied: true } });
      for (let beat = 0; beat < 9; beat++) {
        const { statements, rows } = await sweep();
        expect(statements).toBeLessThanOrEqual(2);
        expect(rows).toBeLessThanOrEqual(2 * A_PAGE);
      }
      expect(await left()).toBe(2 * A_PAGE);
      await app.workflows.cancel(parents[0]!.id);
      for (let beat = 0; beat < 9; beat++) await sweep();
      expect(await left()).toBe(A_PAGE);
    });

    it('one whose deletion failed here is deleted by the next sweep, wherever that stands', async () => {
      const { maintenance } = app.engine.store;
      const [{ id }] = (await make(1, { workflowVersion: 2 })) as [ProcessState];
      const [deletes, lists] = [maintenance.deleteFinished.bind(maintenance), maintenance.finishedOf.bind(maintenance)];
      maintenance.deleteFinished = () => Promise.reject(new Error('away'));
      app.engine.finished.committed({ process: (await app.engine.store.queries.find({ workflow: 'report', version: 2, limit: 1 }))[0]! } as never);
      await app.engine.activity.idle();
      Object.assign(maintenance, { deleteFinished: deletes, finishedOf: async () => [] });
      await app.engine.finished.sweep();
      maintenance.finishedOf = lists;
      expect(await app.workflows.get(id).catch((error: Error) => error.name)).toBe('ProcessNotFoundError');
    });
  });
});

/** Counts the calls of these methods, and the rows that they return, until it is undone. */
function counted(part: object, names: readonly string[], cost: Cost): () => void {
  const methods = part as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (const name of names) {
    const method = methods[name]!.bind(part);
    methods[name] = async (...args) => {
      const found = await method(...args);
      const count = Array.isArray(found) ? found.length : 0;
      cost.statements++;
      if (name === 'deleteFinished') cost.deleted += count;
      else cost.rows += count;
      return found;
    };
  }
  return () => {
    for (const name of names) delete methods[name];
  };
}
