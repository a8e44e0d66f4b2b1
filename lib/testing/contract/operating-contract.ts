import type { StoredBulk, StoredBulkItem, StoredPause } from '../../store/port.js';
import { anId, aWait, knownAs } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started } from './commit-contract.js';

export function aPause(given: Partial<StoredPause> = {}): Omit<StoredPause, 'updatedAt'> {
  return {
    id: anId('pause'), address: anId('p:'), revision: 1, workflow: 'order', step: null, queue: null, actor: 'ada', reason: 'the partner is down', pausedAt: 1000,
    perMinute: null, resumedBy: null, resumeReason: null, resumedAt: null, releasedUntil: null, endedAt: null, ...given,
  }; // prettier-ignore
}

export function aBulk(given: Partial<StoredBulk> = {}): Omit<StoredBulk, 'updatedAt'> {
  return {
    id: anId('bulk'), revision: 1, action: 'retry', filter: { workflow: 'order' }, options: { step: 'pay' }, state: 'running', limit: 5, perMinute: null, done: 0,
    failed: 0, skipped: 0, actor: null, reason: null, cursor: null, holder: null, heldUntil: 0, startedAt: 1000, finishedAt: null, ...given,
  }; // prettier-ignore
}

export function operatingContract({ kit: { describe, it, expect }, store }: Bench): void {
  describe('reports', () => {
    it('of workers that are known come back as they were put last', async () => {
      const [one, two] = [anId('w'), anId('w')];
      for (const worker of [one, two]) await store().maintenance.beat(worker);
      await store().operating.putReport(one, { at: 5, ended: { 'mail "é"': 3 } });
      await store().operating.putReport(one, { at: 7, ended: { 'mail "é"': 4, other: 0 } });
      const reports = await store().operating.reports();
      expect([reports.get(one), reports.has(two)]).toEqual([{ at: 7, ended: { 'mail "é"': 4, other: 0 } }, false]);
      await store().maintenance.beat(one);
      await store().maintenance.retire(one);
      expect((await store().operating.reports()).get(one)?.at).toBe(7);
      for (const worker of [one, two]) await store().maintenance.forgetWorker(worker);
    });
  });

  describe('pauses', () => {
    const live = async (id: string) => (await store().operating.pauses(Number.MAX_SAFE_INTEGER)).find((pause) => pause.id === id);

    it('come back as they were written, with the time of the store', async () => {
      const ended = { perMinute: 30, resumedBy: 'bob', resumeReason: 'it is up', resumedAt: 2000, releasedUntil: 3000 };
      const pauses = [aPause(), aPause({ step: 'pay', ...ended }), aPause({ workflow: null, queue: 'mail', actor: null, reason: null })];
      for (const pause of pauses) {
        expect(await store().operating.keepPause(pause, null)).toBe(true);
        const { updatedAt, ...rest } = (await live(pause.id))!;
        expect(rest).toEqual(pause);
        expect(Math.abs(updatedAt - (await store().maintenance.workAt(0, [])).now) < 60_000).toBe(true);
      }
    });

    it('change only at the revision that is expected, and the last change shows in the answer to a sweep', async () => {
      const pause = aPause();
      await store().operating.keepPause(pause, null);
      expect(await store().operating.keepPause(pause, null)).toBe(false);
      expect(await store().operating.keepPause({ ...pause, revision: 3, resumedAt: 5 }, 2)).toBe(false);
      expect(await store().operating.keepPause({ ...pause, revision: 2, resumedAt: 5 }, 1)).toBe(true);
      expect(await live(pause.id)).toMatchObject({ revision: 2, resumedAt: 5 });
      expect((await store().maintenance.workAt(0, [])).pausedAt).toBe((await live(pause.id))!.updatedAt);
    });

    it('of one place are live one at a time; those that have ended stay, for those who ask', async () => {
      const [first, second] = [aPause(), aPause()];
      const next = { ...second, address: first.address };
      await store().operating.keepPause(first, null);
      expect(await store().operating.keepPause(next, null)).toBe(false);
      await store().operating.keepPause({ ...first, revision: 2, endedAt: 7000 }, 1);
      expect(await store().operating.keepPause(next, null)).toBe(true);
      const since = async (moment: number) => (await store().operating.pauses(moment)).filter(({ address }) => address === first.address).map(({ id }) => id).sort(); // prettier-ignore
      expect([await since(7000), await since(7001)]).toEqual([[first.id, next.id].sort(), [next.id]]);
    });

    it('are all listed by id, a page at a time, or one of them', async () => {
      const pauses = ['a', 'b', 'c'].map((last) => aPause({ id: `${anId('zz')}${last}`, endedAt: last === 'b' ? -5 : null }));
      pauses.sort((a, b) => (a.id < b.id ? -1 : 1)); // prettier-ignore
      for (const pause of pauses) await store().operating.keepPause(pause, null);
      const [first, second, third] = pauses.map(({ id }) => id) as [string, string, string];
      const listed = async (query: object) => (await store().operating.pausesLike({ limit: 1, ...query })).map(({ id }) => id);
      expect([await listed({ id: second }), await listed({ after: first }), await listed({ after: second })]).toEqual([[second], [second], [third]]);
      expect(await listed({ id: anId('none') })).toEqual([]);
      for (const pause of pauses) await store().operating.keepPause({ ...pause, revision: 2, endedAt: -5 }, 1);
      await store().operating.forgetPauses(-5, 9);
    });

    it('that have ended are forgotten, a part at a time', async () => {
      const pauses = [aPause({ endedAt: -9 }), aPause({ endedAt: -8 }), aPause({ endedAt: -6 }), aPause()];
      for (const pause of pauses) await store().operating.keepPause(pause, null);
      const left = async () => (await store().operating.pauses(-100)).filter(({ id }) => pauses.some((pause) => pause.id === id)).length;
      expect([await store().operating.forgetPauses(-7, 1), await left()]).toEqual([1, 3]);
      expect([await store().operating.forgetPauses(-7, 9), await left()]).toEqual([1, 2]);
      expect([await store().operating.forgetPauses(-7, 9), await left()]).toEqual([0, 2]);
    });

    it('find what they hold back, of the workflows asked for', async () => {
      const [address, workflow] = [anId('p:'), anId('w')];
      const put = [3, 1, 2].map((since) => aWait({ key: `0/${since}`, kind: 'pause', address, since, run: since }));
      const { id } = await started(store(), { process: { workflow }, waits: { put: [...put, aWait({ key: '0/9', kind: 'event', address })] } });
      const held = async (limit: number, known?: string[]) => (await store().operating.heldAt(address, limit, known && knownAs(...known))).map(({ processId, key, run }) => [processId, key, run]); // prettier-ignore
      expect((await held(9)).sort()).toEqual([[id, '0/1', 1], [id, '0/2', 2], [id, '0/3', 3]]); // prettier-ignore
      expect(await held(2)).toHaveLength(2);
      expect([(await held(9, [workflow])).length, (await held(9, ['other'])).length, (await held(9, [])).length]).toEqual([3, 0, 0]);
    });
  });

  describe('bulk runs', () => {
    it('come back as they were written, and change only at the revision that is expected', async () => {
      const run = aBulk({
        perMinute: 60,
        actor: 'ada',
        reason: 'mended',
        cursor: '["x"]',
        holder: 'w',
        heldUntil: 99,
        done: 1,
        failed: 2,
        skipped: 3,
        finishedAt: 12,
      });
      expect([await store().operating.keepBulk(run, null), await store().operating.keepBulk(run, null)]).toEqual([true, false]);
      const [{ updatedAt, ...rest }] = (await store().operating.bulks({ id: run.id, limit: 1 })) as [StoredBulk];
      expect([rest, updatedAt > 0]).toEqual([run, true]);
      expect(await store().operating.keepBulk({ ...run, revision: 9 }, 8)).toBe(false);
      expect(await store().operating.keepBulk({ ...run, revision: 2, state: 'done' }, 1)).toBe(true);
      expect(await store().operating.bulks({ id: run.id, limit: 1 })).toMatchObject([{ revision: 2, state: 'done' }]);
    });

    it('are listed newest first, a page at a time, and by their state; one that goes on shows in the answer to a sweep', async () => {
      const from = Date.now() * 2;
      const runs = [1, 2, 2].map((plus) => aBulk({ startedAt: from + plus, state: plus === 1 ? 'running' : 'stopped' }));
      for (const run of runs) await store().operating.keepBulk(run, null);
      const page = await store().operating.bulks({ limit: 2 });
      const rest = await store().operating.bulks({ after: page[1]!, limit: 1 });
      expect([...page, ...rest].map(({ id }) => id)).toEqual([runs[2]!.id, runs[1]!.id, runs[0]!.id]);
      expect((await store().operating.bulks({ state: 'running', limit: 1 })).map(({ id }) => id)).toEqual([runs[0]!.id]);
      expect((await store().maintenance.workAt(0, [])).bulk).toBe(true);
    });

    it('keep what became of each item, and count it', async () => {
      const bulkId = anId('bulk');
      const item = (id: string, outcome: StoredBulkItem['outcome'], error: string | null = null): StoredBulkItem => ({ bulkId, id, outcome, error, at: 5 });
      await store().operating.putBulkItems([item('a', 'begun'), item('b', 'begun'), item('c', 'skipped')]);
      await store().operating.putBulkItems([item('b', 'failed', 'no'), item('a', 'done')]);
      await store().operating.putBulkItems([]);
      const all = [item('a', 'done'), item('b', 'failed', 'no'), item('c', 'skipped')];
      expect(await store().operating.bulkItems(bulkId, { limit: 9 })).toEqual(all);
      expect(await store().operating.bulkItems(bulkId, { after: 'a', limit: 1 })).toEqual([all[1]]);
      expect(await store().operating.bulkItems(bulkId, { ids: ['c', 'x'], limit: 9 })).toEqual([all[2]]);
      expect(await store().operating.bulkCounts(bulkId)).toEqual(new Map([['done', 1], ['failed', 1], ['skipped', 1]])); // prettier-ignore
    });

    it('that have ended are found, the first one first, and forgotten a part at a time', async () => {
      const ended = [9, 7, 8].map((finishedAt) => aBulk({ state: 'done', finishedAt: -finishedAt, heldUntil: -finishedAt }));
      const others = [
        aBulk({ state: 'stopped', finishedAt: -9, heldUntil: -5 }),
        aBulk({ heldUntil: -9 }),
        aBulk({ state: 'done', finishedAt: -5, heldUntil: -9 }),
      ];
      for (const run of [...ended, ...others]) await store().operating.keepBulk(run, null);
      const [first, last, second] = ended.map(({ id }) => id) as [string, string, string];
      const found = async (limit: number) => (await store().operating.endedBulks(-7, limit)).filter((id) => [...ended, ...others].some((run) => run.id === id));
      expect([await found(100), await found(2)]).toEqual([[first, second, last], [first, second]]); // prettier-ignore
      await store().operating.putBulkItems(['a', 'b', 'c'].map((id) => ({ bulkId: first, id, outcome: 'done', error: null, at: 5 })));
      expect(await store().operating.forgetBulk(first, 2)).toBe(false);
      expect([await found(100), (await store().operating.bulkItems(first, { limit: 9 })).map(({ id }) => id)]).toEqual([[first, second, last], ['c']]);
      expect(await store().operating.forgetBulk(first, 2)).toBe(true);
      expect([await found(100), await store().operating.bulkItems(first, { limit: 9 })]).toEqual([[second, last], []]);
      for (const { id } of [...ended, ...others]) await store().operating.forgetBulk(id, 9);
    });

    it('are found by what they have done something to', async () => {
      const [one, two, three] = [anId('bulk'), anId('bulk'), anId('bulk')];
      const [shared, other] = [anId(), anId()];
      const item = (bulkId: string, id: string) => ({ bulkId, id, outcome: 'done', error: null, at: 5 }) as const;
      await store().operating.putBulkItems([item(one, shared), item(one, other), item(two, shared), item(three, anId())]);
      expect([...(await store().operating.bulksWith([shared, other, anId()]))].sort()).toEqual([one, two].sort());
      expect(await store().operating.bulksWith([])).toEqual([]);
    });

    it('forget what was done to processes that are erased', async () => {
      const [bulkId, erased, other] = [anId('bulk'), anId(), anId()];
      const item = (id: string) => ({ bulkId, id, outcome: 'done', error: null, at: 5 }) as const;
      await store().operating.putBulkItems([item(erased), item(other)]);
      await store().operating.forgetBulkItems([erased, anId()]);
      await store().operating.forgetBulkItems([]);
      expect(await store().operating.bulkItems(bulkId, { limit: 9 })).toEqual([item(other)]);
    });
  });
}
