import type { ParentLink, ProcessState } from '../../core/process.js';
import { aChange, aMessage, anId, aStart, aWait } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started, stored } from './commit-contract.js';

const bonds: readonly Omit<ParentLink, 'id'>[] = [
  { awaited: true, tied: true },
  { awaited: true, tied: false },
  { awaited: false, tied: true },
  { awaited: false, tied: false },
];

export function childrenContract({ kit: { describe, it, expect }, store }: Bench): void {
  /** A parent without waits, with a child of each bond. */
  const family = async (status: ProcessState['status']) => {
    const parent = await started(store(), { process: { status } });
    const children = bonds.map((bond, index) => aStart({ process: { startedAt: index, parent: { id: parent.id, ...bond } } }));
    await store().commits.commit(children);
    return { parent, children: children.map(({ process }) => process) };
  };

  describe('children', () => {
    it('know their parent, and what binds them', async () => {
      const { parent, children } = await family('waiting');
      for (const child of children) expect(await stored(store(), child.id)).toEqual(child);
      await store().commits.commit(children.map((child) => aChange(child)));
      for (const child of children) expect((await stored(store(), child.id))?.parent).toEqual(child.parent);
      await store().commits.commit([aChange((await stored(store(), children[0]!.id))!, { process: { status: 'completed', finishedAt: 5 } })]);
      const found = await store().queries.find({ parentId: parent.id, limit: 10 });
      expect(found.map(({ id }) => id)).toEqual(children.map(({ id }) => id).reverse());
      expect(await store().queries.find({ parentId: parent.id, statuses: ['completed'], limit: 10 })).toEqual([await stored(store(), children[0]!.id)]);
    });

    it('to be started are found, oldest first, and are never forgotten', async () => {
      const child = anId('child');
      const at = (prefix: string, receivedAt: number, more = {}) => aMessage({ address: `${prefix}:${child}`, receivedAt, ...more });
      const [late, early, end, event, unawaited] = [at('s', -1000), at('s', -2000), at('c', -3000), at('e', -4000), aMessage({ address: `c:${child}.1`, receivedAt: -3000 })]; // prettier-ignore
      await store().commits.keepMessages([late, early, end, event, unawaited, at('s', -5000, { disposition: 'delivered' })]);
      await store().commits.commit([aStart({ waits: { put: [aWait({ kind: 'child', address: `c:${child}` })] } })]);
      const mine = async () => (await store().maintenance.childrenToStart(1000)).filter(({ address }) => address === `s:${child}`);
      expect(await mine()).toEqual([early, late]);
      await store().maintenance.forgetMessages(0);
      expect(await mine()).toEqual([early, late]);
      expect(await store().commits.messagesAt([`c:${child}`, `c:${child}.1`, `e:${child}`])).toEqual([end]);
      expect((await store().maintenance.childrenToStart(1)).length).toBe(1);
      const afterwards = await store().maintenance.childrenToStart(1000, early);
      expect(afterwards.filter(({ address }) => address === `s:${child}`)).toEqual([late]);
      await store().commits.commit([aStart({ messages: [late, early].map((message) => ({ ...message, disposition: 'delivered' as const })) })]);
      expect(await mine()).toEqual([]);
    });

    it('tied to a parent that was cancelled are orphans', async () => {
      const { parent, children } = await family('cancelled');
      const tied = [children[0]!.id, children[2]!.id];
      expect(await store().maintenance.orphans(parent.id, 10)).toEqual(tied);
      expect(await store().maintenance.orphans(parent.id, 1)).toEqual(tied.slice(0, 1));
      expect((await store().maintenance.orphans(null, 10_000)).filter((id) => children.some((child) => child.id === id))).toEqual(tied);
      expect(await store().maintenance.orphans('nobody', 10)).toEqual([]);
    });

    it('nobody waits for any more are orphans, where they are awaited and tied', async () => {
      for (const status of ['running', 'waiting', 'suspended', 'failed', 'completed'] as const) {
        const { parent, children } = await family(status);
        expect(await store().maintenance.orphans(parent.id, 10)).toEqual([children[0]!.id]);
      }
    });

    it('are orphans also where their parent waits for others, and come oldest first', async () => {
      const put = [aWait({ key: '0/1', kind: 'child', address: 'c:another' })];
      const parent = await started(store(), { process: { status: 'waiting' }, waits: { put } });
      const children = [5, 3, 4].map((startedAt) => aStart({ process: { startedAt, parent: { id: parent.id, awaited: true, tied: true } } }));
      await store().commits.commit(children);
      const [a, b, c] = children.map(({ process }) => process.id);
      expect(await store().maintenance.orphans(parent.id, 10)).toEqual([b, c, a]);
    });

    it('that are waited for, or have finished, are none', async () => {
      const { parent, children } = await family('waiting');
      const [child] = children;
      const wait = aWait({ key: '0/1', kind: 'child', address: `c:${child!.id}` });
      const waiting = aChange(parent, { waits: { put: [wait] } });
      await store().commits.commit([waiting, aStart({ waits: { put: [wait] } })]);
      expect(await store().maintenance.orphans(parent.id, 10)).toEqual([]);
      await store().commits.commit([aChange(waiting.process, { waits: { kill: ['0'] } })]);
      expect(await store().maintenance.orphans(parent.id, 10)).toEqual([child!.id]);
      await store().commits.commit([aChange(child!, { process: { status: 'completed', finishedAt: 9 } })]);
      expect(await store().maintenance.orphans(parent.id, 10)).toEqual([]);
    });
  });
}
