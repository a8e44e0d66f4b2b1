import type { OutgoingMessage } from '../../core/outgoing.js';
import { aChange, anId, aStart, outgoing } from '../builders.js';
import type { Bench } from '../process-store.contract.js';

/** Claims messages, and starts processes that send some. Each case has a sender of its own, of the name of its workflow. */
export function outboxBench({ kit: { expect }, store }: Bench) {
  return {
    claim: (sender: string, given: { now?: number; until?: number; limit?: number; holder?: string } = {}) =>
      store().outbox.claim({ holder: anId('h'), sender, now: 1000, until: 5000, limit: 10, ...given }),
    ids: (messages: readonly OutgoingMessage[]) => messages.map(({ id }) => id),
    sent: async (workflow: string, ...given: readonly Partial<OutgoingMessage>[]): Promise<OutgoingMessage[]> => {
      const processId = anId('p');
      const messages = given.map((each, i) => outgoing({ processId, workflow, sender: workflow, sequence: i + 1, ...each }));
      expect(await store().commits.commit([aStart({ process: { id: processId, workflow }, outgoing: messages })])).toEqual([]);
      return messages;
    },
  };
}

/** Messages that steps send, until they were transmitted. */
export function outboxContract(bench: Bench): void {
  const { describe, it, expect } = bench.kit;
  const { store } = bench;
  const { claim, ids, sent } = outboxBench(bench);

  describe('the outbox', () => {
    it('keeps a message with the commit that sends it, as it is', async () => {
      const workflow = anId('w');
      const [message] = await sent(workflow, { pattern: { cmd: 'a', n: [1, null] }, data: { text: 'ü 𝄞 \u0000', list: [] }, step: 'pay' });
      expect(await store().queries.outgoingLike({ workflow, limit: 10 })).toEqual([message]);
    });

    it('keeps nothing of a change that came too late', async () => {
      const workflow = anId('w');
      const start = aStart({ process: { id: anId('p'), workflow } });
      await store().commits.commit([start]);
      const late = aChange({ ...start.process, revision: 7 }, { outgoing: [outgoing({ workflow, processId: start.process.id })] });
      expect(await store().commits.commit([late])).toHaveLength(1);
      expect(await store().queries.outgoingLike({ workflow, limit: 10 })).toEqual([]);
    });

    it('keeps the messages of a batch of many processes', async () => {
      const workflow = anId('w');
      const starts = Array.from({ length: 30 }, () => {
        const id = anId('p');
        return aStart({ process: { id, workflow }, outgoing: [1, 2].map((sequence) => outgoing({ processId: id, workflow, sequence })) });
      });
      await store().commits.commit(starts);
      expect(await store().queries.outgoingLike({ workflow, limit: 100 })).toHaveLength(60);
    });

    it('hands out the messages of a process in order, to one holder at a time', async () => {
      const workflow = anId('w');
      const [first, second] = await sent(workflow, { sequence: 3 }, { sequence: 9 });
      expect(ids(await claim(workflow))).toEqual([first!.id, second!.id]);
      expect(await claim(workflow)).toEqual([]);
      await store().outbox.deleteTransmitted([first!.id]);
      expect(await claim(workflow)).toEqual([]);
      expect(ids(await claim(workflow, { now: 5000 }))).toEqual([second!.id]);
    });

    it('hands them out in that order, whatever their ids', async () => {
      const [workflow, id] = [anId('w'), anId('o')];
      const messages = await sent(workflow, ...['3', '1', '2'].map((last) => ({ id: `${id}-${last}` })));
      expect(ids(await claim(workflow))).toEqual(ids(messages));
    });

    it('hands it to one of two that ask at once', async () => {
      const workflow = anId('w');
      await Promise.all(Array.from({ length: 10 }, () => sent(workflow, {})));
      const claims = await Promise.all(Array.from({ length: 4 }, () => claim(workflow, { limit: 5 }).catch(() => [])));
      const all = claims.flatMap(ids);
      expect(new Set(all).size).toBe(all.length);
    });

    it('hands out no message before its time, nor those behind it', async () => {
      const workflow = anId('w');
      await sent(workflow, { readyAt: 2000 }, { readyAt: 500 });
      expect(await claim(workflow)).toEqual([]);
      expect(await claim(workflow, { now: 2000 })).toHaveLength(2);
    });

    it('hands out messages for this sender alone, and of so many processes at most', async () => {
      const workflow = anId('w');
      await Promise.all([sent(workflow, {}, {}), sent(workflow, {}), sent(workflow, {}), sent(anId('w'), {})]);
      const claimed = await claim(workflow, { limit: 2 });
      expect(new Set(claimed.map(({ processId }) => processId)).size).toBe(2);
      expect(new Set((await claim(workflow)).map(({ processId }) => processId)).size).toBe(1);
    });

    it('brings the first message of each process, and of those behind it as many as fit into memory', async () => {
      const workflow = anId('w');
      const data = 'x'.repeat(1_000_000);
      const many = await sent(workflow, ...Array.from({ length: 8 }, () => ({ data })), { data: 'small' });
      await sent(workflow, { data });
      const claimed = await claim(workflow);
      expect(claimed).toHaveLength(1 + 3 + 1); // the quotes of a text count: a fourth does not fit
      expect(ids(claimed.filter(({ processId }) => processId === many[0]!.processId))).toEqual(ids(many.slice(0, 4)));
      await store().outbox.deleteTransmitted(ids(claimed));
      expect(ids(await claim(workflow))).toEqual(ids(many.slice(4)));
    });

    it('brings the messages of fifty revisions of a process, and those behind them with the next claim', async () => {
      const workflow = anId('w');
      const many = await sent(workflow, ...Array.from({ length: 53 }, (_, i) => ({ sequence: i + 7 })));
      const claimed = await claim(workflow);
      expect(ids(claimed)).toEqual(ids(many.slice(0, 50)));
      await store().outbox.deleteTransmitted(ids(claimed));
      expect(ids(await claim(workflow))).toEqual(ids(many.slice(50)));
    });

    it('gives a claim that has ended to the next', async () => {
      const workflow = anId('w');
      await sent(workflow, {});
      await claim(workflow, { until: 3000 });
      expect(await claim(workflow, { now: 2999 })).toEqual([]);
      expect(await claim(workflow, { now: 3000 })).toHaveLength(1);
    });

    it('releases a claim whose messages were not tried', async () => {
      const workflow = anId('w');
      await sent(workflow, {});
      const claimed = await claim(workflow, { holder: 'one' });
      await store().outbox.release('two', ids(claimed), 1000);
      expect(await claim(workflow)).toEqual([]);
      await store().outbox.release('one', ids(claimed), 1000);
      expect(await claim(workflow)).toHaveLength(1);
    });

    it('records a failure, and hands out the message again at its next time', async () => {
      const workflow = anId('w');
      const [message, next] = await sent(workflow, {}, {});
      await claim(workflow, { holder: 'one' });
      await store().outbox.recordFailure('one', { id: message!.id, attempts: 1, readyAt: 4000, error: 'Error: ü' });
      await store().outbox.release('one', [next!.id], 4000);
      expect(await claim(workflow, { now: 3999 })).toEqual([]);
      expect(await claim(workflow, { now: 4000 })).toMatchObject([{ attempts: 1, error: 'Error: ü' }, { attempts: 0 }]);
    });

    it('records no failure of a holder that has lost its claim', async () => {
      const workflow = anId('w');
      const [message] = await sent(workflow, {});
      await claim(workflow, { holder: 'one', until: 2000 });
      await claim(workflow, { holder: 'two', now: 2000, until: 9000 });
      await store().outbox.recordFailure('one', { id: message!.id, attempts: 1, readyAt: null, error: 'x' });
      expect(await store().queries.outgoingLike({ workflow, limit: 1 })).toMatchObject([{ attempts: 0, error: null, readyAt: 9000 }]);
    });

    it('lets those behind a parked message pass', async () => {
      const workflow = anId('w');
      const [parked, next] = await sent(workflow, {}, {});
      await claim(workflow, { holder: 'one' });
      await store().outbox.recordFailure('one', { id: parked!.id, attempts: 9, readyAt: null, error: 'x' });
      await store().outbox.release('one', [next!.id], 1000);
      expect(ids(await claim(workflow))).toEqual([next!.id]);
      await store().outbox.replay(parked!.id, 1000);
      expect(await claim(workflow)).toEqual([]);
      expect(ids(await claim(workflow, { now: 5000 }))).toEqual([parked!.id, next!.id]);
      await store().outbox.recordFailure('one', { id: parked!.id, attempts: 9, readyAt: 1, error: 'of a claim that is lost' });
      expect(ids(await store().queries.outgoingLike({ workflow, parked: false, limit: 9 }))).toEqual([parked!.id, next!.id]);
    });

    it('replays and discards what is not being transmitted', async () => {
      const workflow = anId('w');
      const [one, two, three] = await sent(workflow, { readyAt: null, attempts: 5, error: 'x' }, {}, {});
      expect(ids(await store().queries.outgoingLike({ workflow, parked: true, limit: 9 }))).toEqual([one!.id]);
      await claim(workflow);
      for (const claimed of [two!, three!]) {
        expect(await store().outbox.replay(claimed.id, 1000)).toBe(false);
        expect(await store().outbox.discard(claimed.id, 1000)).toBe(false);
      }
      expect(await store().outbox.replay(one!.id, 1000)).toBe(true);
      expect(await store().queries.outgoingLike({ id: one!.id, limit: 1 })).toMatchObject([{ attempts: 0, error: null, readyAt: 1000 }]);
      expect(await store().outbox.discard(one!.id, 1000)).toBe(true);
      for (const { id } of [two!, three!]) expect(await store().outbox.discard(id, 5000)).toBe(true);
      expect(await store().queries.outgoingLike({ workflow, limit: 9 })).toEqual([]);
      expect(await store().outbox.discard('none', 1000)).toBe(false);
    });
  });
}
