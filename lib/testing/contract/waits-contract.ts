import type { StepToken, Token } from '../../core/token.js';
import type { WaitState } from '../../core/wait.js';
import { aChange, anId, aStart, aWait, knownAs } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started } from './commit-contract.js';

export function waitsContract({ kit: { describe, it, expect }, store }: Bench): void {
  const keysOf = async (id: string) => (await store().queries.waitsOf(id)).map(({ token }) => token.key).sort();

  describe('waits', () => {
    it('come back exactly as they were', async () => {
      const step: StepToken = {
        key: '0/1/2', node: 'pay', run: 7, attempt: 3, since: 123, does: 'request', forgiven: 1, crashes: 2, claims: 4, deadline: 99, message: 'm', correlation: 'c',
        state: ['x', null], fault: 'f', item: { sku: 'a' }, index: 3, previous: 8, from: 50, children: 2, outside: true, last: true,
      }; // prettier-ignore
      const container: Token = { key: '0/2', node: 'each', run: 8, attempt: 1, since: 124, does: 'branches', open: 2, todo: [3, 9], deadline: 70 };
      const put: WaitState[] = [
        { token: step, waitsFor: { kind: 'response', address: `r:${anId()}`, dueAt: 99 } },
        { token: { ...step, key: '0/1/3' }, waitsFor: { kind: 'task', queue: 'q', readyAt: 98, worker: 'w', dueAt: 99 } },
        { token: container, waitsFor: { kind: 'branches' } },
      ];
      const process = await started(store(), { waits: { put } });
      expect(await store().queries.waitsOf(process.id)).toEqual(put);
    });

    it('of every kind come back with what they wait for', async () => {
      const kinds = ['task', 'response', 'event', 'input', 'child', 'listener', 'timer', 'condition', 'turn', 'branches', 'overdue', 'pause'] as const;
      const put = kinds.map((kind, i) =>
        aWait({ key: `0/${i}`, run: i, kind, address: anId('e:'), queue: anId('q'), readyAt: 7, worker: null, dueAt: 90 + i }),
      );
      const process = await started(store(), { waits: { put } });
      expect(await store().queries.waitsOf(process.id)).toEqual(put);
    });

    it('are put, put again, and deleted by key', async () => {
      const process = await started(store(), { waits: { put: [aWait({ key: '0/0' }), aWait({ key: '0/1' })] } });
      const next = aChange(process, {
        waits: { delete: ['0/0', '0/7'], put: [aWait({ key: '0/1', run: 9 }), aWait({ key: '0/2' })] },
      });
      await store().commits.commit([next]);
      expect((await store().queries.waitsOf(process.id)).map(({ token: { key, run } }) => [key, run]).sort()).toEqual([['0/1', 9], ['0/2', 1]]); // prettier-ignore
    });

    it('of one process are deleted while another puts the same key', async () => {
      const [one, two] = [await started(store(), { waits: { put: [aWait({ key: '0' })] } }), await started(store())];
      await store().commits.commit([aChange(one, { waits: { delete: ['0'] } }), aChange(two, { waits: { put: [aWait({ key: '0' })] } })]);
      expect([await keysOf(one.id), await keysOf(two.id)]).toEqual([[], ['0']]);
    });

    it('end with clear: responses stay to tell a late answer, the others go', async () => {
      const address = `r:${anId()}`;
      const put = [aWait({ key: '0/0', kind: 'response', address, dueAt: 5 }), aWait({ key: '0/1', kind: 'timer', dueAt: 5 }), aWait({ key: '0/2' })];
      const process = await started(store(), { waits: { put } });
      const bystander = await started(store(), { waits: { put: [aWait({ key: '0/1', kind: 'timer' })] } });
      await store().commits.commit([aChange(process, { waits: { clear: true } }), aChange(bystander)]);
      expect([await keysOf(process.id), await keysOf(bystander.id)]).toEqual([[], ['0/1']]);
      expect(await store().commits.waitsAt([address])).toMatchObject([{ processId: process.id, key: '0/0', run: 1, step: 'approve', address, closed: true }]);
      const [loaded] = await store().commits.load([{ id: process.id, waits: ['0/0'], messages: [], context: false }]);
      expect(loaded?.waits).toEqual([]);
      expect((await store().maintenance.dueWaits(knownAs(process.workflow), 10, 1000)).filter(({ processId }) => processId === process.id)).toEqual([]);
    });

    it('are put under the key of one that ends in the same change', async () => {
      const put = [
        aWait({ key: '0', kind: 'response', address: `r:${anId()}` }),
        aWait({ key: '0/1', kind: 'timer' }),
        aWait({ key: '0/2', kind: 'response' }),
      ];
      const process = await started(store(), { waits: { put } });
      const again = [aWait({ key: '0', run: 2, kind: 'task' }), aWait({ key: '0/1', run: 3, kind: 'event' })];
      await store().commits.commit([aChange(process, { waits: { clear: true, delete: ['0/2'], put: again } })]);
      expect(await store().queries.waitsOf(process.id)).toEqual(again);
    });

    it('are found by address, oldest first, to the letter', async () => {
      const address = anId('e:Shipped:');
      const put = (since: number, at: string) => ({ waits: { put: [aWait({ key: '0', since, run: since, address: at })] } });
      const [late, early] = [await started(store(), put(20, address)), await started(store(), put(10, address))];
      await store().commits.commit([aStart(put(1, `${address} `)), aStart(put(1, address.toUpperCase()))]);
      const found = await store().commits.waitsAt([address, 'e:nobody']);
      expect(found.map(({ processId }) => processId)).toEqual([early.id, late.id]);
    });

    it('come due, the longest due first', async () => {
      const put = [aWait({ key: '0/0', dueAt: -30 }), aWait({ key: '0/1', dueAt: -50 }), aWait({ key: '0/2', dueAt: 10 }), aWait({ key: '0/3' })];
      const process = await started(store(), { waits: { put } });
      const due = (await store().maintenance.dueWaits(knownAs(process.workflow), 0, 1000)).filter(({ processId }) => processId === process.id);
      expect(due.map(({ key, run }) => [key, run])).toEqual([['0/1', 1], ['0/0', 1]]); // prettier-ignore
      expect((await store().maintenance.dueWaits(knownAs(process.workflow), 0, 1)).length).toBe(1);
    });

    it('are loaded by key, and only those', async () => {
      const put = Array.from({ length: 1200 }, (_, index) => aWait({ key: `0/${index}`, run: index }));
      const process = await started(store(), { waits: { put } });
      const wanted = put.filter((_, index) => index % 2 === 0);
      const [loaded] = await store().commits.load([{ id: process.id, waits: wanted.map(({ token }) => token.key), messages: [], context: false }]);
      expect(loaded?.waits.map(({ token }) => token.run).sort((a, b) => a - b)).toEqual(wanted.map(({ token }) => token.run));
    });
  });
}
