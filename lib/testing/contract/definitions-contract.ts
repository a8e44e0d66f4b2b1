import type { StoredDefinition } from '../../store/port.js';
import { anId, aStart } from '../builders.js';
import type { Bench } from '../process-store.contract.js';

type Given = Omit<StoredDefinition, 'updatedAt'>;

export function definitionsContract({ kit: { describe, it, expect }, store }: Bench): void {
  const aDefinition = (given: Partial<Given> = {}): Given => ({ name: anId('wf'), version: 1, fingerprint: 'f1', document: null, withdrawn: false, ...given });
  const named = async (name: string, since?: number) => (await store().maintenance.definitions(since)).filter((each) => each.name === name);
  const saidOf = (all: readonly StoredDefinition[]) => all.map(({ updatedAt: _at, ...said }) => said);

  describe('definitions', () => {
    it('are kept, each version by itself', async () => {
      const one = aDefinition({ document: JSON.stringify({ name: 'ä\n😀', steps: 'x'.repeat(100_000) }) });
      const two = { ...one, version: 2, document: null, withdrawn: true };
      const other = aDefinition({ name: one.name.toUpperCase() });
      for (const each of [one, two, other]) expect(await store().maintenance.keepDefinition(each, null)).toBe(true);
      expect(saidOf(await named(one.name)).sort((a, b) => a.version - b.version)).toEqual([one, two]);
      expect(saidOf(await named(other.name))).toEqual([other]);
    });

    it('are written only over the fingerprint that was expected', async () => {
      const first = aDefinition();
      expect(await store().maintenance.keepDefinition(first, 'f0')).toBe(false);
      expect(await store().maintenance.keepDefinition(first, null)).toBe(true);
      expect(await store().maintenance.keepDefinition({ ...first, fingerprint: 'f2' }, null)).toBe(false);
      expect(await store().maintenance.keepDefinition({ ...first, fingerprint: 'f2' }, 'f0')).toBe(false);
      const second = { ...first, fingerprint: 'f2', document: '{}' };
      expect(await store().maintenance.keepDefinition(second, 'f1')).toBe(true);
      expect(saidOf(await named(first.name))).toEqual([second]);
    });

    it('are withdrawn and brought back, with nothing else changed', async () => {
      const first = aDefinition();
      await store().maintenance.keepDefinition(first, null);
      for (const withdrawn of [true, true, false]) {
        expect(await store().maintenance.keepDefinition({ ...first, withdrawn }, 'f1')).toBe(true);
        expect(saidOf(await named(first.name))).toEqual([{ ...first, withdrawn }]);
      }
    });

    it('are written by one of many at the same time', async () => {
      const first = aDefinition();
      const all = await Promise.all(['a', 'b', 'c', 'd'].map((fingerprint) => store().maintenance.keepDefinition({ ...first, fingerprint }, null)));
      expect(all.filter(Boolean).length).toBe(1);
      const [kept] = await named(first.name);
      const next = await Promise.all(['x', 'y', 'z'].map((fingerprint) => store().maintenance.keepDefinition({ ...first, fingerprint }, kept!.fingerprint)));
      expect(next.filter(Boolean).length).toBe(1);
    });

    it('tell when they changed, in the time of the store', async () => {
      const first = aDefinition();
      const before = await store().maintenance.beat(anId('w'));
      await store().maintenance.keepDefinition(first, null);
      const [{ updatedAt }] = (await named(first.name)) as [StoredDefinition];
      const after = await store().maintenance.beat(anId('w'));
      expect(updatedAt >= before && updatedAt <= after).toBe(true);
      expect((await named(first.name, updatedAt)).length).toBe(1);
      expect(await named(first.name, updatedAt + 1)).toEqual([]);
    });

    it('tell a sweep when the last of them has changed', async () => {
      const first = aDefinition();
      await store().maintenance.keepDefinition(first, null);
      await store().maintenance.keepDefinition(aDefinition(), null);
      const at = (await store().maintenance.definitions()).map(({ updatedAt }) => updatedAt);
      const { definedAt, now } = await store().maintenance.workAt(0, []);
      expect(definedAt).toBe(Math.max(...at));
      expect(Math.abs(now - Date.now()) < 60_000 && now >= definedAt).toBe(true);
    });

    it('have live processes, which are counted', async () => {
      const workflow = anId('wf');
      const start = (workflowVersion: number, more = {}) => aStart({ process: { workflow, workflowVersion, ...more } });
      await store().commits.commit([start(1), start(2), start(2, { status: 'failed' }), start(2, { status: 'suspended' })]);
      await store().commits.commit([start(1, { status: 'completed', finishedAt: 5 }), start(3, { status: 'cancelled', finishedAt: 5 })]);
      const census = (await store().queries.census()).filter((each) => each.workflow === workflow);
      expect([...census].sort((a, b) => a.version - b.version)).toEqual([{ workflow, version: 1, live: 1 }, { workflow, version: 2, live: 3 }]); // prettier-ignore
      const unknown = async (versions: number[], upTo = 9) => (await store().queries.unknownVersions([{ workflow: anId('wf'), versions: [1, 2, 3] }, { workflow, versions }], upTo)).filter((each) => each.workflow === workflow); // prettier-ignore
      expect(await unknown([1, 3])).toEqual([{ workflow, version: 2, live: 3 }]);
      expect(await unknown([1, 3], 2)).toEqual([{ workflow, version: 2, live: 2 }]);
      expect(await unknown([1, 2])).toEqual([]);
    });
  });
}
