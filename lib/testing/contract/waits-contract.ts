import type { WaitState } from '../../core/process.js';
import { aChange, anId, aStart, aWait } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started } from './commit-contract.js';

export function waitsContract({ kit: { describe, it, expect }, store }: Bench): void {
  const keysOf = async (id: string) => (await store().waitsOf(id)).map(({ key }) => key).sort();

  describe('waits', () => {
    it('come back exactly as they were', async () => {
      const wait: WaitState = {
        ...aWait({ key: '0/1/2', node: 'pay', run: 7, attempt: 3, since: 123, kind: 'response', address: `r:${anId()}`, dueAt: 99, queue: 'q', readyAt: 98 }),
        does: 'request', forgiven: 1, crashes: 2, claims: 4, deadline: 99, message: 'm', correlation: 'c', state: ['x', null], open: 2, fault: 'f', worker: 'w', claim: 5,
      }; // prettier-ignore
      const process = await started(store(), { waits: { put: [wait] } });
      expect(await store().waitsOf(process.id)).toEqual([wait]);
    });

    it('are put, put again, and deleted by key', async () => {
      const process = await started(store(), { waits: { put: [aWait({ key: '0/0' }), aWait({ key: '0/1' })] } });
      const next = aChange(process, {
        waits: { delete: ['0/0', '0/7'], put: [aWait({ key: '0/1', run: 9, address: null }), aWait({ key: '0/2' })] },
      });
      await store().commit([next]);
      expect((await store().waitsOf(process.id)).map(({ key, run }) => [key, run]).sort()).toEqual([['0/1', 9], ['0/2', 1]]); // prettier-ignore
    });

    it('of one process are deleted while another puts the same key', async () => {
      const [one, two] = [await started(store(), { waits: { put: [aWait({ key: '0' })] } }), await started(store())];
      await store().commit([aChange(one, { waits: { delete: ['0'] } }), aChange(two, { waits: { put: [aWait({ key: '0' })] } })]);
      expect([await keysOf(one.id), await keysOf(two.id)]).toEqual([[], ['0']]);
    });

    it('end with clear: responses stay to tell a late answer, the others go', async () => {
      const address = `r:${anId()}`;
      const put = [aWait({ key: '0/0', kind: 'response', address, dueAt: 5 }), aWait({ key: '0/1', kind: 'timer', dueAt: 5 }), aWait({ key: '0/2' })];
      const process = await started(store(), { waits: { put } });
      const bystander = await started(store(), { waits: { put: [aWait({ key: '0/1', kind: 'timer' })] } });
      await store().commit([aChange(process, { waits: { clear: true } }), aChange(bystander)]);
      expect([await keysOf(process.id), await keysOf(bystander.id)]).toEqual([[], ['0/1']]);
      expect(await store().waitsAt([address])).toEqual([{ processId: process.id, key: '0/0', run: 1, step: 'approve', address, closed: true }]);
      const [loaded] = await store().load([{ id: process.id, waits: ['0/0'], messages: [], context: false }]);
      expect(loaded?.waits).toEqual([]);
      expect((await store().dueWaits([process.workflow], 10, 1000)).filter(({ processId }) => processId === process.id)).toEqual([]);
    });

    it('are put under the key of one that ends in the same change', async () => {
      const put = [
        aWait({ key: '0', kind: 'response', address: `r:${anId()}` }),
        aWait({ key: '0/1', kind: 'timer' }),
        aWait({ key: '0/2', kind: 'response' }),
      ];
      const process = await started(store(), { waits: { put } });
      const again = [aWait({ key: '0', run: 2, kind: 'task' }), aWait({ key: '0/1', run: 3, kind: 'event' })];
      await store().commit([aChange(process, { waits: { clear: true, delete: ['0/2'], put: again } })]);
      expect(await store().waitsOf(process.id)).toEqual(again);
    });

    it('are found by address, oldest first, to the letter', async () => {
      const address = anId('e:Shipped:');
      const put = (since: number, at: string) => ({ waits: { put: [aWait({ key: '0', since, run: since, address: at })] } });
      const [late, early] = [await started(store(), put(20, address)), await started(store(), put(10, address))];
      await store().commit([aStart(put(1, `${address} `)), aStart(put(1, address.toUpperCase()))]);
      const found = await store().waitsAt([address, 'e:nobody']);
      expect(found.map(({ processId }) => processId)).toEqual([early.id, late.id]);
    });

    it('come due, the longest due first', async () => {
      const put = [aWait({ key: '0/0', dueAt: -30 }), aWait({ key: '0/1', dueAt: -50 }), aWait({ key: '0/2', dueAt: 10 }), aWait({ key: '0/3' })];
      const process = await started(store(), { waits: { put } });
      const due = (await store().dueWaits([process.workflow], 0, 1000)).filter(({ processId }) => processId === process.id);
      expect(due.map(({ key, run }) => [key, run])).toEqual([['0/1', 1], ['0/0', 1]]); // prettier-ignore
      expect((await store().dueWaits([process.workflow], 0, 1)).length).toBe(1);
    });

    it('are loaded by key, and only those', async () => {
      const put = Array.from({ length: 1200 }, (_, index) => aWait({ key: `0/${index}`, run: index }));
      const process = await started(store(), { waits: { put } });
      const wanted = put.filter((_, index) => index % 2 === 0);
      const [loaded] = await store().load([{ id: process.id, waits: wanted.map(({ key }) => key), messages: [], context: false }]);
      expect(loaded?.waits.map(({ run }) => run).sort((a, b) => a - b)).toEqual(wanted.map(({ run }) => run));
    });
  });
}
