import type { OutgoingMessage } from '../../core/outgoing.js';
import { anId } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { outboxBench } from './outbox-contract.js';

/** What people see of the outbox, and do with it. */
export function outboxListsContract(bench: Bench): void {
  const { describe, it, expect } = bench.kit;
  const { store } = bench;
  const { claim, ids, sent } = outboxBench(bench);

  describe('the outbox, seen by people', () => {
    it('replays and discards what waits for its next attempt', async () => {
      const workflow = anId('w');
      const [one, two] = await sent(workflow, { readyAt: 9000, attempts: 3, error: 'x' }, { readyAt: 9000 });
      expect(await store().outbox.replay(one!.id, 1000)).toBe(true);
      expect(await store().queries.outgoingLike({ id: one!.id, limit: 9 })).toMatchObject([{ attempts: 0, error: null, readyAt: 1000 }]);
      expect(await store().outbox.discard(two!.id, 1000)).toBe(true);
      expect(ids(await store().queries.outgoingLike({ workflow, limit: 9 }))).toEqual([one!.id]);
    });

    it('lists by process, sender and page, oldest first', async () => {
      const workflow = anId('w');
      const [one, two] = await sent(workflow, { createdAt: 2000, sender: 'A' }, { createdAt: 1000, sender: 'B' });
      await sent(workflow, { createdAt: 1500 });
      expect(ids(await store().queries.outgoingLike({ processId: one!.processId, limit: 9 }))).toEqual([two!.id, one!.id]);
      expect(ids(await store().queries.outgoingLike({ workflow, sender: 'A', limit: 9 }))).toEqual([one!.id]);
      expect(ids(await store().queries.outgoingLike({ id: one!.id, limit: 9 }))).toEqual([one!.id]);
      expect(await store().queries.outgoingLike({ limit: 1 })).toHaveLength(1);
      expect(ids(await store().queries.outgoingLike({ workflow, limit: 9, after: two! })).slice(-1)).toEqual([one!.id]);
    });

    it('lists page by page, each once, also those of one moment and of one sequence', async () => {
      const [workflow, id] = [anId('w'), anId('o')];
      const places = [[7, 1, 'b'], [7, 1, 'a'], [7, 1, 'c'], [7, 2, 'a2'], [6, 3, 'z'], [8, 0, 'y']] as const; // prettier-ignore
      await sent(workflow, ...places.map(([createdAt, sequence, last]) => ({ createdAt, sequence, id: `${id}-${last}` })));
      const seen: OutgoingMessage[] = [];
      for (let after: OutgoingMessage | undefined; seen.length < 20; after = seen.at(-1)) {
        const page = await store().queries.outgoingLike({ workflow, limit: 1, ...(after && { after }) });
        if (page.length === 0) break;
        seen.push(...page);
      }
      expect(ids(seen)).toEqual(['z', 'a', 'b', 'c', 'a2', 'y'].map((last) => `${id}-${last}`));
    });

    it('tells the sweep whether there is something to transmit', async () => {
      const sender = anId('w');
      const [message] = await sent(sender, { readyAt: -5000 });
      expect(await store().outbox.readySenders(-5001)).toEqual([]);
      expect(await store().outbox.readySenders(-5000)).toEqual([sender]);
      expect((await store().maintenance.workAt(-5001, [])).untransmitted).toBe(false);
      expect((await store().maintenance.workAt(-5000, [])).untransmitted).toBe(true);
      await store().outbox.deleteTransmitted([message!.id]);
      expect((await store().maintenance.workAt(-5000, [])).untransmitted).toBe(false);
    });

    it('has no holder after a failure, a release or a replay', async () => {
      const workflow = anId('w');
      const [one, two, three] = await sent(workflow, {}, {}, {});
      await claim(workflow, { holder: 'one', until: 2000 });
      await store().outbox.recordFailure('one', { id: one!.id, attempts: 1, readyAt: 9000, error: 'x' });
      await store().outbox.release('one', [two!.id], 9000);
      expect([await store().outbox.replay(one!.id, 1000), await store().outbox.replay(two!.id, 1000)]).toEqual([true, true]);
      expect([await store().outbox.replay(three!.id, 1999), await store().outbox.replay(three!.id, 2000)]).toEqual([false, true]);
      await store().outbox.recordFailure('one', { id: three!.id, attempts: 7, readyAt: 9000, error: 'of a claim that is lost' });
      expect(await store().queries.outgoingLike({ id: three!.id, limit: 1 })).toMatchObject([{ attempts: 0, readyAt: 2000, error: null }]);
    });

    it('hands out first what has waited longest', async () => {
      const workflow = anId('w');
      const [[late], [early]] = [await sent(workflow, { readyAt: 900 }), await sent(workflow, { readyAt: 800 })];
      expect(ids(await claim(workflow, { limit: 1 }))).toEqual([early!.id]);
      expect(ids(await claim(workflow, { limit: 1 }))).toEqual([late!.id]);
    });
  });
}
