import { aChange, aMessage, anId, aRecord, aWait, knownAs } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started } from './commit-contract.js';

const many = 10_000;

export function branchesContract({ kit: { describe, it, expect }, store }: Bench): void {
  const keysOf = async (id: string) => (await store().queries.waitsOf(id)).map(({ token }) => token.key).sort();
  const afterKill = async (keys: readonly string[], kill: readonly string[]) => {
    const process = await started(store(), { waits: { put: keys.map((key) => aWait({ key })) } });
    expect(await store().commits.commit([aChange(process, { waits: { kill } })])).toEqual([]);
    return keysOf(process.id);
  };

  describe('branches', () => {
    it('end under a key, and neither the key itself nor its siblings', async () => {
      const around = ['0', '0/1', '0/10', '0/1-0', '0/1.', '0/2', '00/1/2', 'e0/1'];
      const under = ['0/1/', '0/1~', '0/1/0', '0/1/12-3/4~o5', '0/1~d3', '0/1~o12', '0/1/~'];
      expect(await afterKill([...around, ...under], ['0/1'])).toEqual([...around].sort());
    });

    it('end under several keys at once, also one within another', async () => {
      expect(await afterKill(['0', '0/0/1', '0/1/1', '0/1/2/7', '0/2/0', '1~o1'], ['0/1', '0/1/2', '0/0', '1', 'none'])).toEqual(['0', '0/2/0']);
    });

    it('end in the one process only', async () => {
      const [one, two] = [
        await started(store(), { waits: { put: [aWait({ key: '0/1' })] } }),
        await started(store(), { waits: { put: [aWait({ key: '0/1' })] } }),
      ];
      await store().commits.commit([aChange(one, { waits: { kill: ['0'] } }), aChange(two)]);
      expect([await keysOf(one.id), await keysOf(two.id)]).toEqual([[], ['0/1']]);
    });

    it('that wait for responses stay to tell a late answer', async () => {
      const [address, event] = [anId('r:'), anId('e:')];
      const put = [
        aWait({ key: '0/1/0', kind: 'response', address, dueAt: 5 }),
        aWait({ key: '0/1/1', address: event }),
        aWait({ key: '0/2', address: event }),
      ];
      const process = await started(store(), { waits: { put } });
      await store().commits.commit([aChange(process, { waits: { kill: ['0/1'] } })]);
      expect((await store().commits.waitsAt([address, event])).map(({ key, closed }) => `${key} ${closed}`).sort()).toEqual(['0/1/0 true', '0/2 false']);
      expect((await store().maintenance.dueWaits(knownAs(process.workflow), 10, 1000)).filter(({ processId }) => processId === process.id)).toEqual([]);
      const [loaded] = await store().commits.load([{ id: process.id, waits: ['0/1/0', '0/2'], messages: [], context: false }]);
      expect(loaded?.waits.map(({ token }) => token.key)).toEqual(['0/2']);
    });

    it('end before what the same change deletes and puts', async () => {
      const address = anId('r:');
      const put = ['0/1/0', '0/1/1', '0/1/2', '0/3'].map((key) => aWait({ key, kind: 'response', address }));
      const process = await started(store(), { waits: { put } });
      const again = [aWait({ key: '0/1/0', run: 9, kind: 'task' }), aWait({ key: '0/1/9', run: 9 })];
      expect(await store().commits.commit([aChange(process, { waits: { kill: ['0/1'], delete: ['0/1/1', '0/3'], put: again } })])).toEqual([]);
      expect(await store().queries.waitsOf(process.id)).toEqual(again);
      expect((await store().commits.waitsAt([address])).map(({ key }) => key)).toEqual(['0/1/2']);
    });

    it('end with all others where everything ends', async () => {
      const process = await started(store(), { waits: { put: [aWait({ key: '0/1', kind: 'response' }), aWait({ key: '0/2' })] } });
      await store().commits.commit([aChange(process, { waits: { clear: true, kill: ['0'], put: [aWait({ key: '0/1', run: 2 })] } })]);
      expect(await keysOf(process.id)).toEqual(['0/1']);
    });

    it('do not end where the change was refused', async () => {
      const process = await started(store(), { waits: { put: [aWait({ key: '0/1' })] } });
      const other = await started(store());
      await store().commits.commit([aChange(process)]);
      const rejected = await store().commits.commit([aChange(process, { waits: { kill: ['0'] } }), aChange(other, { waits: { kill: ['0'] } })]);
      expect(rejected.map(({ change, reason }) => [change.process.id, reason])).toEqual([[process.id, 'stale']]);
      expect(await keysOf(process.id)).toEqual(['0/1']);
    });

    it('may be nested twenty deep', async () => {
      const key = Array.from({ length: 20 }, (_, depth) => `123456-${depth}789`).join('/');
      expect(await afterKill([key, `${key}/1`, `${key}~o123456`], [key])).toEqual([key]);
    });

    it('may be ten thousand, and end together', async () => {
      const process = await started(store());
      const keys = Array.from({ length: many }, (_, index) => `0/7-${index}`);
      const put = keys.map((key, index) => aWait({ key, run: index, kind: index % 2 ? 'response' : 'task', address: `r:${process.id}.${index}` }));
      const records = (from: number) => keys.map((_, index) => aRecord({ sequence: from + index, type: 'task-queued', step: 'approve' }));
      const fork = aChange(process, { process: { revision: 1 + many }, waits: { put }, records: records(2) });
      expect(await store().commits.commit([fork])).toEqual([]);
      expect((await store().queries.waitsOf(process.id)).length).toBe(many);
      const join = aChange(fork.process, { process: { revision: 1 + 2 * many }, waits: { kill: ['0'] }, records: records(2 + many) });
      expect(await store().commits.commit([join])).toEqual([]);
      expect([(await store().queries.waitsOf(process.id)).length, (await store().queries.recordsOf(process.id)).length]).toEqual([0, 1 + 2 * many]);
      expect((await store().commits.waitsAt([`r:${process.id}.9999`])).map(({ closed }) => closed)).toEqual([true]);
    });

    it('may each end by themselves, with all that watches over them', async () => {
      const put = Array.from({ length: many }, (_, index) => aWait({ key: `0/7-${index}~o${index}`, kind: 'timer', dueAt: 9 }));
      const process = await started(store(), { waits: { put } });
      const kill = put.map((_, index) => `0/7-${index}`);
      expect(await store().commits.commit([aChange(process, { waits: { kill }, messages: [aMessage()] })])).toEqual([]);
      expect(await keysOf(process.id)).toEqual([]);
    });
  });
}
