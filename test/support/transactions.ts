import type { DataSource, EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTypeOrmStore } from '../../lib/store/typeorm/create-store.js';
import type { ProcessStore } from '../../lib/store/process-store.js';
import { aChange, aMessage, anId, aStart, aWait } from '../../lib/testing/builders.js';
import type { MessageState } from '../../lib/core/change.js';
import { InvalidInputError } from '../../lib/values/errors.js';
import { started, stored } from '../../lib/testing/contract/commit-contract.js';
import type { Database } from './databases.js';

/** Changes in a transaction of the application, on a database that is made when its cases begin. */
export function transactionsOn(made: () => Database): void {
  let database: Database;
  let dataSource: DataSource;
  let store: ProcessStore<EntityManager>;
  beforeAll(async () => {
    database = made();
    dataSource = await database.connect();
    store = createTypeOrmStore(dataSource);
    await store.open('migrate');
  });
  afterAll(async () => {
    await store?.close();
    await database.drop();
  });

  const everything = (process: Awaited<ReturnType<typeof started>>) =>
    aChange(process, { waits: { clear: true, put: [aWait({ key: '0', run: 2 }), aWait({ key: '0/1', run: 3 })] }, messages: [aMessage(), aMessage()] });

  describe('commitWithin', () => {
    it('counts when the transaction of the caller commits', async () => {
      const process = await started(store, { waits: { put: [aWait()] } });
      const change = everything(process);
      expect(await store.commits.transaction((manager) => store.commits.commitWithin(manager, change))).toBeNull();
      expect(await stored(store, process.id)).toEqual(change.process);
      expect(await store.queries.waitsOf(process.id)).toEqual(change.waits.put);
      expect((await store.queries.recordsOf(process.id)).length).toBe(2);
    });

    it('goes with a transaction that is rolled back', async () => {
      const process = await started(store);
      const failing = store.commits.transaction(async (manager) => {
        await store.commits.commitWithin(manager, everything(process));
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect([await stored(store, process.id), await store.queries.waitsOf(process.id)]).toEqual([process, []]);
    });

    it('starts a process in the transaction, and tells of a taken group without breaking it', async () => {
      const first = await started(store);
      const [good, taken] = [aStart(), aStart({ process: { groupId: first.groupId } })];
      const reasons = await store.commits.transaction(async (manager) => [
        await store.commits.commitWithin(manager, taken),
        await store.commits.commitWithin(manager, good),
      ]);
      expect(reasons.map((rejection) => rejection?.reason)).toEqual(['exists', undefined]);
      expect([await stored(store, good.process.id), await stored(store, taken.process.id)]).toEqual([good.process, null]);
    });

    it('needs an open transaction, and says so before it writes', async () => {
      const [change, message] = [aStart(), aMessage({ address: anId('r:') })];
      const over = await dataSource.transaction(async (manager) => manager);
      for (const manager of [dataSource.manager, over]) {
        await expect(store.commits.commitWithin(manager, change)).rejects.toThrow(InvalidInputError);
        await expect(store.commits.keepMessages([message], manager)).rejects.toThrow(/^manager: its transaction is not open\. Give the one that/);
      }
      expect([await stored(store, change.process.id), await store.commits.messagesAt([message.address])]).toEqual([null, []]);
    });

    it('tells of a stale revision without breaking the transaction', async () => {
      const process = await started(store);
      await store.commits.commit([aChange(process)]);
      const rejection = await store.commits.transaction((manager) => store.commits.commitWithin(manager, aChange(process)));
      expect(rejection?.reason).toBe('stale');
    });
  });

  describe('keepMessages', () => {
    it('counts when the transaction of the caller commits, and hands back what is known', async () => {
      const [one, two, gone] = [1, 2, 3].map(() => aMessage({ address: anId('r:') })) as [MessageState, MessageState, MessageState];
      await store.commits.keepMessages([one]);
      const known = await store.commits.transaction((manager) => store.commits.keepMessages([{ ...one, body: 'another' }, two], manager));
      const failing = store.commits.transaction(async (manager) => {
        expect(await store.commits.keepMessages([gone], manager)).toEqual([]);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(known).toEqual([one]);
      const kept = await store.commits.messagesAt([one, two, gone].map(({ address }) => address));
      expect(kept.map(({ id }) => id).sort()).toEqual([one.id, two.id].sort());
    });
  });

  describe('afterCommit', () => {
    it('calls once, after the outermost commit', async () => {
      const process = await started(store);
      const calls: (number | undefined)[] = [];
      await store.commits.transaction(async (manager) => {
        await manager.transaction(async (inner) => {
          await store.commits.commitWithin(inner, aChange(process));
          store.commits.afterCommit(inner, () => calls.push(1));
        });
        expect(calls).toEqual([]);
      });
      expect(calls).toEqual([1]);
      await store.commits.transaction(async (manager) => manager.query('select 1'));
      expect(calls).toEqual([1]);
    });

    it('does not call after a rollback, of all or of its part', async () => {
      const calls: string[] = [];
      const rolledBack = store.commits.transaction(async (manager) => {
        store.commits.afterCommit(manager, () => calls.push('all'));
        throw new Error('no');
      });
      await expect(rolledBack).rejects.toThrow('no');
      await store.commits.transaction(async (manager) => {
        const part = manager.transaction(async (inner) => {
          store.commits.afterCommit(inner, () => calls.push('part'));
          throw new Error('no');
        });
        await expect(part).rejects.toThrow('no');
        store.commits.afterCommit(manager, () => calls.push('rest'));
      });
      expect(calls).toEqual(['rest']);
    });

    it('calls at once outside of a transaction', () => {
      const calls: number[] = [];
      store.commits.afterCommit(dataSource.manager, () => calls.push(1));
      expect(calls).toEqual([1]);
    });
  });

  it('several transactions of ours at once keep apart', async () => {
    const processes = await Promise.all(Array.from({ length: 8 }, () => started(store)));
    const outcomes = processes.map((process, index) =>
      store.commits.transaction(async (manager) => {
        await store.commits.commitWithin(manager, aChange(process));
        if (index % 2 === 0) throw new Error('no');
      }),
    );
    await Promise.allSettled(outcomes);
    const revisions = await Promise.all(processes.map(async ({ id }) => (await stored(store, id))?.revision));
    expect(revisions).toEqual([1, 2, 1, 2, 1, 2, 1, 2]);
  });
}
