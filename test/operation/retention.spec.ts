/** Finished processes are deleted when their workflow, or the module, says so; a little at a time, and by every instance. */
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type KeepOptions, Step, Workflow } from 'nestjs-argonaut';
import type { ProcessState } from 'nestjs-argonaut/ports';
import { outgoing } from '../../lib/testing/builders.js';
import { started, stored } from '../../lib/testing/contract/commit-contract.js';
import type { ChangeOverrides } from '../../lib/testing/builders.js';
import { workflowTables } from '../../lib/store/typeorm/migrations/tables.js';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';

@Workflow({ name: 'order', version: 2, keep: { completed: '30 days', cancelled: '7 days' } })
class Order {
  @Step() pay() {}
}
@Workflow({ name: 'loan' })
class Loan {
  @Step() pay() {}
}
@Workflow({ name: 'deed', keep: { completed: 'forever' } })
class Deed {
  @Step() sign() {}
}
@Workflow({ name: 'ping', deleteOnCompletion: true })
class Ping {
  @Step() pong() {}
}
const letter = { name: 'letter', keep: { completed: '2 days' }, steps: [{ name: 'Send' }] } as const;
@Step({ name: 'Send' })
class Send {
  run() {}
}

const DAY = 24 * 60 * 60 * 1000;
const keep: KeepOptions = { completed: '90 days' };

describe.each([
  ['SQLite', async () => libsqlFile()],
  ['PostgreSQL', postgres],
  ['MySQL', mysql],
] as const)('retention on %s', async (_name, make) => {
  const found = await make();
  afterAll(() => found.drop());

  describe.skipIf(!isThere(found))(titleOf(found), () => {
    let database: Database;
    let app: TestApp;
    const said: string[] = [];
    const boot = (more: object = {}) =>
      bootApp(database, 'database', {
        options: { keep, workflows: [letter], worker: { heartbeat: '1h', sweepInterval: '1h' }, ...more },
        providers: [Order, Loan, Deed, Ping, Send],
      });
    beforeEach(async () => {
      database = await make();
      said.splice(0);
      const log = vi.spyOn(Logger.prototype, 'log').mockImplementation((line) => void said.push(String(line)));
      app = await boot();
      log.mockRestore();
    });
    afterEach(async () => {
      await app.close();
      await database.drop();
    });

    /** A process that ended so many days ago. */
    const ended = (days: number, process: Partial<ProcessState>, more: Omit<ChangeOverrides, 'process'> = {}) => {
      const finishedAt = Date.now() - days * DAY;
      return started(app.engine.store, { ...more, process: { status: 'completed', tokens: [], startedAt: finishedAt, finishedAt, ...process } });
    };
    const isLeft = async ({ id }: ProcessState) => (await stored(app.engine.store, id)) !== null;

    it('one line at boot says what is deleted when', () => {
      expect(said.filter((line) => line.startsWith('Finished processes'))).toEqual([
        'Finished processes are deleted: completed after 30 days (order), cancelled after 7 days (order), completed after 90 days (loan), completed at once (ping), completed after 2 days (letter).',
      ]);
    });

    it('deletes what has been kept for as long as its workflow says, or else the module, and leaves no row of it', async () => {
      const order = { workflow: 'order', workflowVersion: 2 };
      const gone = [
        await ended(31, order),
        await ended(8, { ...order, status: 'cancelled' }),
        await ended(91, { workflow: 'loan' }),
        await ended(3, { workflow: 'letter' }),
        await ended(31, { workflow: 'order', workflowVersion: 1 }), // its code is gone: the newest version speaks for it
      ];
      const kept = [
        await ended(29, order),
        await ended(6, { ...order, status: 'cancelled' }),
        await ended(89, { workflow: 'loan' }),
        await ended(900, { workflow: 'loan', status: 'cancelled' }),
        await ended(900, { workflow: 'deed' }),
        await ended(900, { workflow: 'order', workflowVersion: 3 }), // another instance knows more
        await ended(900, { workflow: 'unknown' }),
        await started(app.engine.store, { process: { ...order, startedAt: 1, status: 'failed' } }),
        await started(app.engine.store, { process: { ...order, startedAt: 1, status: 'waiting' } }),
      ];
      await app.engine.finished.sweep();
      expect(await Promise.all(gone.map(isLeft))).toEqual(gone.map(() => false));
      expect(await Promise.all(kept.map(isLeft))).toEqual(kept.map(() => true));
      for (const { id } of gone) expect([id, await rowsWith(app, id)]).toEqual([id, []]);
    });

    it('a child that its live parent has yet to read stays, however old it is', async () => {
      const parent = await started(app.engine.store);
      const child = await ended(100, { workflow: 'order', workflowVersion: 2, parent: { id: parent.id, awaited: true, tied: true } });
      const released = await ended(100, { workflow: 'order', workflowVersion: 2, parent: { id: parent.id, awaited: false, tied: true } });
      await app.engine.finished.sweep();
      expect([await isLeft(child), await isLeft(released)]).toEqual([true, false]);
      await app.workflows.cancel(parent.id);
      await app.engine.finished.sweep();
      expect(await isLeft(child)).toBe(false);
    });

    it('messages in the outbox that are parked go with their process; one that is still tried is transmitted', async () => {
      const id = `sending-${Date.now()}`;
      const sent = [outgoing({ processId: id, readyAt: null }), outgoing({ processId: id, readyAt: Date.now() + DAY })];
      await ended(31, { id, workflow: 'order', workflowVersion: 2 }, { outgoing: sent });
      await app.engine.finished.sweep();
      expect((await app.engine.store.queries.outgoingLike({ processId: id, limit: 9 })).map((message) => message.id)).toEqual([sent[1]!.id]);
    });

    it('a batch has at most 100 processes and 5,000 records, and one of more is alone', async () => {
      const revisions = [...Array.from({ length: 150 }, () => 2), 4990, 20, 7000, 3];
      await Promise.all(revisions.map((revision, i) => ended(60 - i / 1000, { workflow: 'order', workflowVersion: 2, revision })));
      const batches = await deletedBy(app, () => app.engine.finished.sweep());
      expect(batches.map((batch) => batch.length)).toEqual([100, 50, 1, 1, 1, 1]);
      expect(batches.flat()).toHaveLength(revisions.length);
    });

    it('two instances share the work: no process is deleted by both, and none is left', async () => {
      const other = await boot();
      const many = await Promise.all(Array.from({ length: 450 }, () => ended(40, { workflow: 'order', workflowVersion: 2 })));
      const sweeps = async ({ engine }: TestApp) => {
        for (let times = 0; times < 3; times++) await engine.finished.sweep(); // MySQL skips the neighbours of locked rows, which are then left
      };
      const now = new Date(); // of one round of the shares
      const clocks = [app, other].map(({ engine }) => vi.spyOn(engine.clock, 'now').mockReturnValue(now));
      const [mine, theirs] = await Promise.all([app, other].map((each) => askedBy(each, () => sweeps(each))));
      expect((await Promise.all(many.map(isLeft))).filter(Boolean)).toEqual([]);
      for (const each of [mine!, theirs!]) expect(each.flat().length).toBeGreaterThan(100);
      const asked = [mine!, theirs!].map((each) => new Set(each.flat()));
      expect([...asked[0]!].filter((id) => asked[1]!.has(id))).toEqual([]);
      for (const clock of clocks) clock.mockRestore();
      await other.close();
    });

    it('what a worker leaves that does not know the workflow is deleted in another round of the shares', async () => {
      const other = await bootApp(database, 'database', { options: { worker: { heartbeat: '1h', sweepInterval: '1h' } }, providers: [Ping] });
      const many = await Promise.all(Array.from({ length: 40 }, () => ended(40, { workflow: 'order', workflowVersion: 2 })));
      const [base, now] = [Date.now(), vi.spyOn(app.engine.clock, 'now')];
      for (let round = 0; round < 2; round++) {
        now.mockReturnValue(new Date(base + round * 60_000));
        await app.engine.finished.sweep();
        await other.engine.finished.sweep();
        expect((await Promise.all(many.map(isLeft))).filter(Boolean).length).toBeLessThan(round === 0 ? 40 : 1);
      }
      now.mockRestore();
      await other.close();
    });

    it('is done by the instance itself, beside its heartbeat', async () => {
      const old = await ended(31, { workflow: 'order', workflowVersion: 2 });
      const busy = await boot({ worker: { heartbeat: '50ms', sweepInterval: '1h' } });
      await until(() => isLeft(old), (left) => !left); // prettier-ignore
      await busy.close();
    });
  });
});

/** The ids of each batch that is deleted meanwhile. */
const deletedBy = (app: TestApp, work: () => Promise<void>) => batchesOf(app, work, (_asked, gone) => gone);
/** The ids of each batch that the store is asked to delete. */
const askedBy = (app: TestApp, work: () => Promise<void>) => batchesOf(app, work, (asked) => asked);

type Which = (asked: readonly string[], gone: readonly string[]) => readonly string[];

async function batchesOf({ engine }: TestApp, work: () => Promise<void>, which: Which): Promise<(readonly string[])[]> {
  const { maintenance } = engine.store;
  const batches: (readonly string[])[] = [];
  const real = maintenance.deleteFinished.bind(maintenance);
  maintenance.deleteFinished = async (...given) => {
    const gone = await real(...given);
    const ids = which(
      given[0].map(({ id }) => id),
      gone,
    );
    if (ids.length > 0) batches.push(ids);
    return gone;
  };
  await work();
  delete (maintenance as Partial<typeof maintenance>).deleteFinished;
  return batches;
}

/** The tables with a row of this process. */
async function rowsWith({ dataSource }: TestApp, id: string): Promise<string[]> {
  const found: string[] = [];
  for (const table of workflowTables) for (const row of await dataSource.query(`select * from ${table}`)) if (JSON.stringify(row).includes(id)) found.push(table); // prettier-ignore
  return found;
}
