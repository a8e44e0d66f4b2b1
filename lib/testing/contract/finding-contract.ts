import { FAILURE } from '../../core/failure-text.js';
import type { ProcessState } from '../../core/process.js';
import type { WaitState } from '../../core/wait.js';
import type { ProcessQuery } from '../../store/port.js';
import { processPlace } from '../../store/process-frame.js';
import { aChange, aMessage, anId, aStart, aToken, aWait, outgoing } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started } from './commit-contract.js';

export function findingContract({ kit: { describe, it, expect }, store }: Bench): void {
  const ids = async (query: Partial<ProcessQuery>) => (await store().queries.find({ limit: 100, ...query })).map(({ id }) => id);
  const over = { status: 'completed', finishedAt: 5, tokens: [] } as const;
  const found = (values: Record<string, string | null>) => Object.entries(values).map(([name, value]) => ({ name, value }));

  describe('finding processes', () => {
    it('by several statuses, newest first or oldest first, page by page', async () => {
      const workflow = anId('wf');
      const statuses = ['waiting', 'failed', 'completed', 'failed', 'waiting', 'running'] as const;
      const made = statuses.map((status, i) => aStart({ process: { workflow, status, startedAt: Math.floor(i / 2) } }));
      await store().commits.commit(made);
      const sorted = made.map(({ process }) => process).sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
      const of = (chosen: readonly ProcessState['status'][]) => sorted.filter(({ status }) => chosen.includes(status)).map(({ id }) => id);
      expect(await ids({ workflow, order: 'oldest' })).toEqual(of([...statuses]));
      expect(await ids({ workflow })).toEqual(of([...statuses]).reverse());
      expect(await ids({ workflow, statuses: ['failed', 'waiting'] })).toEqual(of(['failed', 'waiting']).reverse());
      expect(await ids({ workflow, statuses: [] })).toEqual([]);
      for (const order of ['oldest', 'newest'] as const) {
        const all = await ids({ workflow, order });
        const [first, second] = await store().queries.find({ workflow, order, limit: 2 });
        expect([first!.id, second!.id]).toEqual(all.slice(0, 2));
        expect(await ids({ workflow, order, after: processPlace(second!) })).toEqual(all.slice(2));
      }
    });

    it('by group id and its beginning, as it is written', async () => {
      const workflow = anId('wf');
      const groups = ['ab-1', 'ab-2', 'aB-3', 'ab', 'b', 'ab%', 'ab_\u{10FFFE}'];
      const made = groups.map((groupId, i) => aStart({ process: { workflow, groupId, startedAt: i } }));
      await store().commits.commit(made);
      const groupsOf = async (groupIdPrefix: string) => (await store().queries.find({ workflow, groupIdPrefix, order: 'oldest', limit: 9 })).map(({ groupId }) => groupId); // prettier-ignore
      expect(await groupsOf('ab')).toEqual(['ab-1', 'ab-2', 'ab', 'ab%', 'ab_\u{10FFFE}']);
      expect(await groupsOf('ab%')).toEqual(['ab%']);
      expect(await groupsOf('c')).toEqual([]);
    });

    it('by when they were started and changed', async () => {
      const workflow = anId('wf');
      const made = [10, 20, 30].map((startedAt) => aStart({ process: { workflow, startedAt, updatedAt: startedAt + 5 } }));
      await store().commits.commit(made);
      const at = async (query: Partial<ProcessQuery>) => (await store().queries.find({ workflow, order: 'oldest', limit: 9, ...query })).map(({ startedAt }) => startedAt); // prettier-ignore
      expect(await at({ startedAfter: 20 })).toEqual([20, 30]);
      expect(await at({ startedBefore: 20 })).toEqual([10]);
      expect(await at({ updatedAfter: 25 })).toEqual([20, 30]);
      expect(await at({ updatedBefore: 25 })).toEqual([10]);
      expect(await at({ startedAfter: 11, updatedBefore: 30 })).toEqual([20]);
    });

    it('by the step they stand in: where they wait, run, or have failed', async () => {
      const [workflow, step] = [anId('wf'), '50%_done'];
      const waits = await started(store(), { process: { workflow, startedAt: 3, tokens: [] }, waits: { put: [aWait({ node: step })] } });
      const runs = await started(store(), { process: { workflow, startedAt: 2, tokens: [aToken({ node: step })] } });
      await started(store(), { process: { workflow, startedAt: 1, tokens: [aToken({ node: '50-done' })] } });
      await started(store(), { process: { workflow, startedAt: 4, tokens: [] }, waits: { put: [aWait({ node: step, kind: 'listener', address: 'e:x:' })] } });
      expect(await ids({ workflow, standsIn: step })).toEqual([waits.id, runs.id]);
      expect(await ids({ workflow, waitingFor: step })).toEqual([waits.id]);
      expect(await ids({ standsIn: step, statuses: ['completed'] })).toEqual([]);
    });

    it('by ids', async () => {
      const workflow = anId('wf');
      const [one, two] = [await started(store(), { process: { workflow } }), await started(store(), { process: { workflow } })];
      expect((await ids({ ids: [one.id, two.id, anId()] })).sort()).toEqual([one.id, two.id].sort());
      expect(await ids({ ids: [] })).toEqual([]);
      expect(await ids({ ids: [one.id], workflow: anId('wf') })).toEqual([]);
    });

    it('by values, as they were committed last', async () => {
      const workflow = anId('wf');
      const start = (startedAt: number, search: Record<string, string>) => started(store(), { process: { workflow, startedAt }, search: found(search) });
      const [a, b] = [await start(1, { who: '"x"', size: '5' }), await start(2, { who: '"x"', size: '6' })];
      await start(3, { who: '"X"', size: '5' });
      const by = (search: Record<string, string>, more: Partial<ProcessQuery> = {}) =>
        ids({ workflow, search: Object.entries(search).map(([name, value]) => ({ name, value })), ...more });
      expect(await by({ who: '"x"' })).toEqual([b.id, a.id]);
      expect(await by({ who: '"x"' }, { order: 'oldest' })).toEqual([a.id, b.id]);
      expect(await by({ who: '"x"' }, { after: processPlace(b) })).toEqual([a.id]);
      expect(await by({ who: '"x"', size: '5' })).toEqual([a.id]);
      expect(await by({ who: '"x"' }, { statuses: ['failed'] })).toEqual([]);
      expect(await by({ who: '"x"' }, { workflow: anId('wf') })).toEqual([]);
      await store().commits.commit([aChange(a, { search: found({ who: null, size: '6' }) }), aChange(b, { search: found({ who: '"y"' }) })]);
      expect(await by({ who: '"x"' })).toEqual([]);
      expect(await by({ size: '6' })).toEqual([b.id, a.id]);
    });

    it('by values of a change that was not applied: they are as before', async () => {
      const workflow = anId('wf');
      const process = await started(store(), { process: { workflow }, search: found({ who: '"x"' }) });
      const [stale] = await store().commits.commit([{ ...aChange(process, { search: found({ who: '"y"' }) }), expected: 7 }]);
      expect(stale).toMatchObject({ reason: 'stale' });
      expect(await ids({ workflow, search: [{ name: 'who', value: '"x"' }] })).toEqual([process.id]);
    });
  });

  describe('counting', () => {
    it('processes by workflow and status, up to a limit', async () => {
      const workflow = anId('wf');
      const statuses = ['failed', 'failed', 'failed', 'waiting'] as const;
      await store().commits.commit(statuses.map((status) => aStart({ process: { workflow, status } })));
      const counted = async (upTo: number) => (await store().queries.statusCounts(upTo)).filter((count) => count.workflow === workflow);
      expect([...(await counted(10))].sort((a, b) => a.count - b.count)).toEqual([{ workflow, status: 'waiting', count: 1 }, { workflow, status: 'failed', count: 3 }]); // prettier-ignore
      expect(await counted(2)).toContainEqual({ workflow, status: 'failed', count: 2 });
    });

    it('failures by how they failed, with the oldest and the newest', async () => {
      const workflow = anId('wf');
      const fail = (startedAt: number, value: string) => started(store(), { process: { workflow, startedAt, status: 'failed' }, search: found({ [FAILURE]: value, x: '1' }) }); // prettier-ignore
      await fail(5, 'pay\nTimeout');
      const [newest, other] = [await fail(9, 'pay\nTimeout'), await fail(7, 'pay\nRefused')];
      const counted = async (upTo: number) => (await store().queries.failureCounts(upTo)).filter((count) => count.workflow === workflow);
      expect([...(await counted(10))].sort((a, b) => a.count - b.count)).toEqual([
        { workflow, value: 'pay\nRefused', count: 1, oldestAt: 7, example: other.id },
        { workflow, value: 'pay\nTimeout', count: 2, oldestAt: 5, example: newest.id },
      ]);
      expect(await counted(1)).toContainEqual({ workflow, value: 'pay\nTimeout', count: 1, oldestAt: 5, example: newest.id });
      await store().commits.commit([aChange(other, { process: over, search: found({ [FAILURE]: null }) })]);
      expect((await counted(10)).map(({ value }) => value)).toEqual(['pay\nTimeout']);
    });

    it('what the open waits of processes say of how they get on', async () => {
      const waiting = (...put: WaitState[]) => started(store(), { waits: { put } });
      const [held, plain, late, again, tasks, none, over] = [
        await waiting(aWait({ kind: 'pause', address: anId('p:') }), aWait({ key: '1' })),
        await waiting(aWait()),
        await waiting(aWait({ key: '0~o', kind: 'overdue' }), aWait({ key: '0', node: 'Two' }), aWait({ key: '1', node: 'fork', kind: 'branches' }), aWait({ key: '2', node: 'l', kind: 'listener' })), // prettier-ignore
        await waiting(aWait({ key: '0', attempt: 2 }), aWait({ key: '1' })),
        await waiting(aWait({ key: '0', kind: 'task', readyAt: 9 }), aWait({ key: '1', kind: 'task', readyAt: 7 }), aWait({ key: '2', kind: 'task', readyAt: null, worker: 'w' })), // prettier-ignore
        await started(store()),
        await waiting(aWait({ kind: 'response', attempt: 2 })),
      ];
      await store().commits.commit([aChange(over, { waits: { clear: true } })]);
      const quiet = { isPaused: false, isOverdue: false, isRetrying: false, readyAt: null, steps: ['approve'] };
      const facts = await store().queries.waitFacts([held, plain, late, again, tasks, none, over].map(({ id }) => id));
      expect(facts.get(held.id)).toEqual({ ...quiet, isPaused: true });
      expect(facts.get(plain.id)).toEqual(quiet);
      expect(facts.get(late.id)).toEqual({ ...quiet, isOverdue: true, steps: ['Two', 'approve'] });
      expect(facts.get(again.id)).toEqual({ ...quiet, isRetrying: true });
      expect(facts.get(tasks.id)).toEqual({ ...quiet, readyAt: 7 });
      expect([facts.has(none.id), facts.has(over.id), facts.size]).toEqual([false, false, 5]);
    });

    it('what needs a person: overdue steps, refused and unmatched answers, parked messages', async () => {
      const workflow = anId('wf');
      const late = await started(store(), {
        process: { workflow },
        waits: { put: [aWait({ key: '0~o', kind: 'overdue', node: 'pay', since: 8 }), aWait({ key: '0', node: 'pay', since: 2 })] },
      });
      const answer = (given: object) => aMessage({ workflow, step: 'pay', address: anId('r:'), ...given });
      const refused = [answer({ id: anId('b'), disposition: 'refused', receivedAt: 3 }), answer({ id: anId('a'), disposition: 'refused', receivedAt: 7 })];
      const stored = answer({ receivedAt: 49 });
      await store().commits.keepMessages([...refused, stored, answer({ receivedAt: 50 }), answer({ receivedAt: 1, address: anId('e:x:') })]);
      const event = aMessage({ disposition: 'refused', address: anId('e:x:'), receivedAt: -5 });
      await store().commits.keepMessages([event]);
      const parked = outgoing({ processId: late.id, workflow, step: 'tell', readyAt: null, createdAt: 6 });
      await store().commits.commit([aChange(late, { outgoing: [parked, outgoing({ processId: late.id, workflow, step: 'tell' })] })]);
      const troubles = (await store().queries.troubleCounts(50, 1000)).filter((each) => each.workflow === workflow);
      expect([...troubles].sort((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
        { kind: 'overdue', workflow, step: 'pay', count: 1, oldestAt: 8, example: late.id },
        { kind: 'parked', workflow, step: 'tell', count: 1, oldestAt: 6, example: parked.id },
        { kind: 'refused', workflow, step: 'pay', count: 2, oldestAt: 3, example: refused[1]!.id },
        { kind: 'unmatched', workflow, step: 'pay', count: 1, oldestAt: 49, example: stored.id },
      ]);
      const others = (await store().queries.troubleCounts(50, 1000)).filter((each) => each.kind === 'refused' && each.workflow === null);
      expect(others.map(({ step }) => step)).toEqual([null]);
      expect((await store().queries.troubleCounts(50, 1)).map(({ kind, count }) => `${kind} ${count}`).sort()).toEqual(['overdue 1', 'parked 1', 'refused 1', 'unmatched 1']); // prettier-ignore
      expect((await store().queries.troubleCounts(50, 1)).find(({ kind }) => kind === 'refused')!.oldestAt).toBe(-5);
    });
  });
}
