import type { JsonObject } from '../../values/json.js';
import { aChange, anId, aRecord, aStart, aVersion, aWait } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started, stored } from './commit-contract.js';

const awkward = ['\'"`', '\\ \\u0041 \\n', '\n\r\t', '\u2028\u2029', '😀 ünï', '\u0000', '\ud800', '?', '$1', '%s', '{"a":1}', '--', ';'];

export function valuesContract({ kit: { describe, it, expect }, store }: Bench): void {
  const contextOf = async (id: string) => (await store().commits.load([{ id, waits: [], messages: [], context: true }]))[0]?.context;

  describe('values', () => {
    it('are kept to the letter, however awkward', async () => {
      const values = Object.fromEntries(awkward.map((text, index) => [`k${index}${text}`, text]));
      const process = await started(store(), {
        versions: [aVersion({ patch: values, snapshot: values })],
        waits: { put: [aWait({ key: '0', state: awkward })] },
      });
      expect(await contextOf(process.id)).toEqual(values);
      expect((await store().queries.waitsOf(process.id))[0]?.token).toMatchObject({ state: awkward });
    });

    it('of every kind of JSON come back', async () => {
      const values = {
        one: 1,
        half: 0.5,
        big: 2 ** 53 - 1,
        yes: true,
        no: false,
        none: null,
        list: [[], {}, [1, [2, [3]]]],
        deep: nested(60),
        empty: '',
      };
      const process = await started(store(), { versions: [aVersion({ patch: values, snapshot: values })] });
      expect(await contextOf(process.id)).toEqual(values);
    });

    it('may be large', async () => {
      const value = 'ä"\\'.repeat(225_000);
      const process = await started(store());
      await store().commits.commit([aChange(process, { versions: [aVersion({ version: 2, patch: { value }, snapshot: null })] })]);
      expect(await contextOf(process.id)).toEqual({ total: 1, value });
    });

    it('do not hinder a process by an error text no database likes', async () => {
      const process = await started(store());
      const change = aChange(process, {
        process: { status: 'failed', cause: 'bad \0 \ud800 bytes' },
        records: [aRecord({ sequence: 2, error: awkward.join('') })],
      });
      expect(await store().commits.commit([change])).toEqual([]);
      expect((await stored(store(), process.id))?.status).toBe('failed');
    });

    it('in records come back as they were', async () => {
      const record = aRecord({
        type: 'step-failed',
        step: 'pay',
        run: 3,
        attempt: 2,
        contextVersion: 1,
        actor: 'Zoë',
        reason: '\'"\\',
        error: '\n\u2028',
        detail: '😀',
        worker: 'w',
        at: 7,
      });
      const process = await started(store(), { records: [record] });
      expect(await store().queries.recordsOf(process.id)).toEqual([record]);
    });

    it('in the history of a step come back as they were, whatever it has in common with its process', async () => {
      const version = {
        version: 2,
        step: 'pay',
        patch: { a: '\0' },
        removed: ['total'],
        snapshot: null,
        moves: [['0', 'ship']],
        result: 'r',
        undo: { undone: 1 },
      };
      const record = { sequence: 2, type: 'step-completed', step: 'pay', run: 3, attempt: 2, contextVersion: 2, error: 'e', detail: 'd', worker: 'w' } as const;
      const other = [{}, { at: 7 }, { step: 'ship' }, { actor: 'Zoë', reason: 'r' }, { contextVersion: 1 }] as const;
      for (const given of other) {
        const process = await started(store());
        const [versions, records] = [[aVersion({ ...version, at: 5 } as never)], [aRecord({ ...record, at: 5, ...given })]];
        const change = aChange(process, { process: { runs: 9, tokens: [], updatedAt: 5 }, versions, records });
        expect([change.steady, await store().commits.commit([change])]).toEqual([true, []]);
        const { queries } = store();
        expect([await queries.versions(process.id, 2, 2), (await queries.recordsOf(process.id)).slice(1)]).toEqual([versions, records]);
        expect(await stored(store(), process.id)).toEqual(change.process);
      }
    });

    it('in the history of a step come back as they were, also if its version is from another moment', async () => {
      const process = await started(store());
      const change = aChange(process, {
        process: { updatedAt: 5 },
        versions: [aVersion({ version: 2, step: 'pay', at: 7, snapshot: null })],
        records: [aRecord({ sequence: 2, step: 'pay', contextVersion: 2, at: 5 })],
      });
      await store().commits.commit([change]);
      expect([await store().queries.versions(process.id, 2, 2), (await store().queries.recordsOf(process.id)).slice(1)]).toEqual([
        change.versions,
        change.records,
      ]);
    });

    it('that are removed stay removed', async () => {
      const process = await started(store(), { versions: [aVersion({ patch: { a: 1, b: 2 }, snapshot: { a: 1, b: 2 } })] });
      await store().commits.commit([aChange(process, { versions: [aVersion({ version: 2, patch: { c: 3 }, removed: ['a'], snapshot: null })] })]);
      expect(await contextOf(process.id)).toEqual({ b: 2, c: 3 });
    });

    it('are read from the newest snapshot on', async () => {
      const process = await started(store());
      const second = aChange(process, { process: { snapshotVersion: 2 }, versions: [aVersion({ version: 2, patch: { x: 1 }, snapshot: { x: 1 } })] });
      const third = aChange(second.process, { versions: [aVersion({ version: 3, patch: { y: 2 }, snapshot: null })] });
      await store().commits.commit([second]);
      await store().commits.commit([third]);
      expect(await contextOf(process.id)).toEqual({ x: 1, y: 2 });
      expect((await store().queries.versionsUpTo(process.id, 3)).map(({ version }) => version)).toEqual([2, 3]);
      expect((await store().queries.versionsUpTo(process.id, 1)).map(({ version }) => version)).toEqual([1]);
      expect(await store().queries.versionsUpTo(process.id, 2)).toEqual(second.versions);
    });

    it('of ids in any script are told apart', async () => {
      const ids = [anId('Ä'), anId('日本'), anId('😀')].flatMap((id) => [id, `${id}x`]);
      expect(await store().commits.commit(ids.map((id) => aStart({ process: { id, groupId: id } })))).toEqual([]);
      expect((await store().commits.load(ids.map((id) => ({ id, waits: [], messages: [], context: false })))).map((loaded) => loaded?.process.id)).toEqual(ids);
    });
  });
}

function nested(depth: number): JsonObject {
  return depth === 0 ? {} : { in: nested(depth - 1) };
}
