/** Libero Flow's decider by its numbers: what begins when, and what a failure does to the rest. */
import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { fail, NotWaitingError, ProcessFinishedError, type StepJson, type StepRef } from 'nestjs-argonaut';
import { until } from '../support/app.js';
import { Ahead, attempts, type Bench, defined, lookedAt, onEachDatabase, signal, Turnstile } from './row.js';

const MINUTE = 60_000;
const clock = new Ahead();
const broken = () => {
  throw new Error('not now');
};
const refused = () => fail('never');

await onEachDatabase({ options: { clock } }, decider);

function decider(bench: Bench): void {
  const trace = (step: string) => ({ trace: (latest: string[] = []) => [...latest, step] });
  const waitUntil = (groupId: string, step: string, times = 1) => until(() => bench.journal.of(groupId, step).length, (runs) => runs >= times); // prettier-ignore

  describe('what begins when', () => {
    it('B-1 a process begins with its start; completed or cancelled, it is left alone', async () => {
      const name = await defined(bench, ['a', 'b']);
      const { id, process, names } = await bench.run(name);
      expect(process).toMatchObject({ status: 'completed', cause: null });
      expect(names()).toEqual(['a', 'b']);
      const { id: held } = await bench.run(await defined(bench, [{ name: 'a', on: 'never' }, 'b']));
      await bench.workflows.cancel(held);
      const before = await Promise.all([bench.types(id), bench.types(held)]);
      await lookedAt(bench);
      for (const each of [id, held]) await expect(bench.workflows.cancel(each)).rejects.toThrow(ProcessFinishedError);
      expect(await Promise.all([bench.types(id), bench.types(held)])).toEqual(before);
      expect(await bench.workflows.get(held)).toMatchObject({ status: 'cancelled', waits: [] });
    });

    it('B-2 a failed process is left alone, and shows its cause, until a person retries it', async () => {
      const { id, groupId, process, names } = await bench.run(await defined(bench, ['a', 'b']), {}, { a: refused });
      expect(process).toMatchObject({ status: 'failed', cause: 'a: never', live: 0, finishedAt: null });
      const before = await bench.types(id);
      await lookedAt(bench);
      expect(await bench.types(id)).toEqual(before);
      expect(names()).toEqual(['a']);
      bench.journal.tell(groupId, {});
      await bench.workflows.retry(id);
      expect(await bench.settled(id)).toMatchObject({ status: 'completed', cause: null });
      expect(names()).toEqual(['a', 'a', 'b']);
    });

    it('B-3 of dependent steps only the first begins, and each next one when the one before it is done', async () => {
      const gate = new Turnstile();
      const steps = ['a', 'b', 'c'];
      const { id, names } = await bench.start(await defined(bench, steps), {}, { a: gate.pass, b: gate.pass, c: gate.pass });
      for (let done = 1; done <= steps.length; done++) {
        await gate.isFull(1);
        await bench.app.engine.sweeper.sweep();
        expect(names()).toEqual(steps.slice(0, done));
        await gate.letOut();
      }
      expect((await bench.settled(id)).status).toBe('completed');
      expect([gate.most, await bench.steps(id)]).toEqual([1, steps]);
    });

    it('B-4 independent steps all begin at once', async () => {
      const gate = new Turnstile();
      const independent = ['a', 'b', 'c'].map((name) => ({ name, independent: true }));
      const { id, groupId } = await bench.start(await defined(bench, independent), {}, { a: gate.pass, b: gate.pass, c: gate.pass });
      await gate.isFull(3);
      expect(bench.journal.names(groupId).sort()).toEqual(['a', 'b', 'c']);
      await gate.letOut(3);
      expect((await bench.settled(id)).status).toBe('completed');
    });

    it.each([
      ['is run', {}],
      ['waits', { on: 'never' }],
      ['stands in a queue', { queue: 'work', after: '1h' }],
    ] as const)('B-5 an independent step begins with the process while an earlier one %s', async (_state, options) => {
      const hold = signal();
      const behaviours = { a: () => hold.happened };
      const { id, groupId } = await bench.start(await defined(bench, [{ name: 'a', ...options }, 'b', { name: 'i', independent: true }]), {}, behaviours);
      await waitUntil(groupId, 'i');
      await until(() => bench.steps(id), (steps) => steps.join() === 'i'); // prettier-ignore
      expect(bench.journal.of(groupId, 'b')).toEqual([]);
      hold.give();
      await bench.settled(id);
    });

    it('B-6 a dependent step that waits to be retried holds up those behind it, and only those', async () => {
      const retry = { attempts: 2, delay: '1h' } as const;
      const name = await defined(bench, [{ name: 'a', retry }, 'b', { name: 'i', independent: true }, 'c']);
      const { id, groupId } = await bench.start(name, {}, { a: (_context, { attempt }) => (attempt === 1 ? broken() : undefined) });
      await bench.waitsIn(id, 'a');
      await until(() => bench.steps(id), (steps) => steps.join() === 'i'); // prettier-ignore
      expect(bench.journal.names(groupId).sort()).toEqual(['a', 'i']);
      clock.by(61 * MINUTE);
      await bench.reaches(id, 'completed');
      expect(await bench.steps(id)).toEqual(['i', 'a', 'b', 'c']);
    });

    it('B-7 a dependent step waits for all before it, independent ones too, whatever is decided meanwhile', async () => {
      const gate = new Turnstile();
      const independent = ['i', 'j'].map((name) => ({ name, independent: true }));
      const name = await defined(bench, ['a', ...independent, 'b', { name: 'k', independent: true }, 'c']);
      const { id, groupId } = await bench.start(name, {}, { a: gate.pass, i: gate.pass, j: gate.pass, k: gate.pass, b: gate.pass });
      const begun = () => bench.journal.names(groupId).sort().join('');
      await gate.isFull(4);
      expect(begun()).toBe('aijk');
      await gate.letOut(2);
      await until(() => bench.steps(id), (steps) => steps.length === 2); // prettier-ignore
      await bench.app.engine.sweeper.sweep();
      expect(begun()).toBe('aijk');
      await gate.letOut(2);
      await until(begun, (now) => now === 'abijk');
      await bench.app.engine.sweeper.sweep();
      expect(begun()).toBe('abijk');
      await gate.letOut();
      expect((await bench.settled(id)).status).toBe('completed');
      expect((await bench.steps(id)).slice(-2)).toEqual(['b', 'c']);
    });

    it('B-7 a dependent step waits for an earlier one that stands in a queue', async () => {
      const hold = signal();
      const name = await defined(bench, [{ name: 'a', queue: 'work' }, 'b']);
      const { id, groupId } = await bench.start(name, {}, { a: () => hold.happened });
      await waitUntil(groupId, 'a');
      await bench.app.engine.sweeper.sweep();
      expect(bench.journal.names(groupId)).toEqual(['a']);
      hold.give();
      await bench.reaches(id, 'completed');
      expect(await bench.steps(id)).toEqual(['a', 'b']);
    });
  });

  describe('what a failure does', () => {
    it('B-8 a required step that fails for good fails the process, and nothing more is begun', async () => {
      const { process, names } = await bench.run(await defined(bench, ['a', 'b', 'c']), {}, { a: refused });
      expect(process).toMatchObject({ status: 'failed', cause: 'a: never' });
      expect(names()).toEqual(['a']);
    });

    it('B-8 what runs beside it may end, and counts, and nothing follows it', async () => {
      const hold = signal();
      const { id, groupId } = await bench.start(await defined(bench, ['a', { name: 'i', independent: true }, 'b']), {}, { a: () => hold.happened, i: refused });
      await bench.reaches(id, 'failed');
      hold.give();
      await until(() => bench.steps(id), (steps) => steps.join() === 'a'); // prettier-ignore
      await lookedAt(bench);
      expect(bench.journal.names(groupId).sort()).toEqual(['a', 'i']);
      expect(await bench.workflows.get(id)).toMatchObject({ status: 'failed', cause: 'i: never' });
      bench.journal.tell(groupId, {});
      await bench.workflows.retry(id);
      expect((await bench.settled(id)).status).toBe('completed');
      expect(await bench.steps(id)).toEqual(['a', 'i', 'b']);
    });

    describe.each([
      ['an independent', { independent: true }],
      ['a parallel', { parallel: 'side by side' }],
    ])('B-8 what waits in %s position when another step fails for good', (_position, position) => {
      const inAnHour = { attempts: 2, delay: '1h' } as const;
      it.each<[string, Partial<StepJson>, number]>([
        ['for its next try', { retry: inAnHour }, 2],
        ['for its time', { after: '1h' }, 1],
        ['in a queue for its time', { queue: 'work', after: '1h' }, 1],
        ['in a queue for its next try', { queue: 'work', retry: inAnHour }, 2],
        ['for an event', { on: 'come' }, 1],
      ])('B-8 begins nothing when that comes, if it waits %s; after retry() it goes on', async (_what, options, tries) => {
        const [failing, busy, going] = [signal(), signal(), signal()];
        const name = await defined(bench, [{ name: 'a', ...position }, { name: 'busy', ...position }, { name: 'i', ...position, ...options }, 'b']);
        const beside = (_context: unknown, { attempt }: StepRef) => (attempt < tries ? broken() : undefined);
        const failed = await bench.start(name, {}, { a: () => failing.happened.then(refused), busy: () => busy.happened, i: beside });
        const other = await bench.start(name, {}, { a: () => going.happened, i: beside }); // nothing fails it, so it shows when the moment has come
        for (const { id } of [failed, other])
          await until(() => bench.workflows.get(id), ({ waits }) => waits.some(({ step, attempt }) => step === 'i' && attempt === tries)); // prettier-ignore
        failing.give();
        expect(await bench.reaches(failed.id, 'failed')).toMatchObject({ cause: 'a: never' });
        const begun = failed.names();
        clock.by(61 * MINUTE);
        await bench.workflows.emit('come', [failed.groupId, other.groupId], {});
        await until(() => bench.steps(other.id), (steps) => steps.includes('i')); // prettier-ignore
        await bench.app.engine.sweeper.sweep();
        busy.give(); // till then its worker has the process in hand, and after that nobody
        going.give();
        await bench.reaches(other.id, 'completed');
        await lookedAt(bench);
        expect(failed.names()).toEqual(begun);
        expect(await bench.workflows.get(failed.id)).toMatchObject({ status: 'failed', cause: 'a: never' });
        bench.journal.tell(failed.groupId, { i: beside });
        await bench.workflows.retry(failed.id);
        await bench.reaches(failed.id, 'completed');
        expect((await bench.steps(failed.id)).toSorted()).toEqual(['a', 'b', 'busy', 'i']);
        expect(bench.journal.of(failed.groupId, 'i').map(({ attempt }) => attempt)).toEqual(Array.from({ length: tries }, (_, i) => i + 1));
      });
    });

    it.each(['first', 'middle', 'last'])('B-9 a step that is not required counts as done when it fails for good, as the %s of three', async (place) => {
      const steps = ['first', 'middle', 'last'].map((name) => ({ name, required: name !== place }));
      const behaviours = Object.fromEntries(steps.map(({ name }) => [name, name === place ? refused : () => trace(name)]));
      const { id, process, names } = await bench.run(await defined(bench, steps), {}, behaviours);
      const others = ['first', 'middle', 'last'].filter((name) => name !== place);
      expect(process).toMatchObject({ status: 'completed', cause: null });
      expect(names()).toEqual(['first', 'middle', 'last']);
      expect(await bench.context(id)).toEqual({ trace: others });
      expect([await bench.steps(id), await bench.steps(id, 'step-failed'), await bench.steps(id, 'step-skipped')]).toEqual([others, [place], [place]]);
    });

    it('B-9 all of them may fail, and the process is completed', async () => {
      const steps = ['a', 'b', 'c'].map((name) => ({ name, required: false, independent: name === 'c' }));
      const { process } = await bench.run(await defined(bench, steps), {}, { a: refused, b: broken, c: refused });
      expect(process.status).toBe('completed');
    });

    it('B-10 a temporary failure is tried again, and the process stays under way', async () => {
      const retry = { attempts: 3 };
      const flaky = (_context: unknown, { attempt }: StepRef) => (attempt < 3 ? broken() : trace('a'));
      const { id, process } = await bench.run(await defined(bench, [{ name: 'a', retry }, 'b']), {}, { a: flaky });
      expect(process.status).toBe('completed');
      expect(await attempts(bench, id, 'a')).toEqual(['failed 1', 'failed 2', 'completed 3']);
      expect(await bench.context(id)).toEqual({ trace: ['a'] });
    });

    it('B-10 so often and no more; then it has failed for good', async () => {
      const { id, process, names } = await bench.run(await defined(bench, [{ name: 'a', retry: { attempts: 3 } }, 'b']), {}, { a: broken });
      expect(process).toMatchObject({ status: 'failed', cause: expect.stringContaining('not now') as string });
      expect(names()).toEqual(['a', 'a', 'a']);
      expect(await attempts(bench, id, 'a')).toEqual(['failed 1', 'failed 2', 'failed 3']);
    });

    it('B-10 without a policy one try is all', async () => {
      const { names } = await bench.run(await defined(bench, ['a']), {}, { a: broken });
      expect(names()).toEqual(['a']);
    });

    it.each([
      ['the same', { backoff: 'fixed' }, [10, 10, 10]],
      ['twice as long each time', { backoff: 'exponential' }, [10, 20, 40]],
      ['twice as long, up to a limit', { backoff: 'exponential', maxDelay: '15m' }, [10, 15, 15]],
    ] as const)('B-10 the interval between tries is %s, and no try comes before its time', async (_words, policy, minutes) => {
      const name = await defined(bench, [{ name: 'a', retry: { attempts: 4, delay: '10m', ...policy } }]);
      const { id, groupId } = await bench.start(name, {}, { a: broken });
      for (const [i, wait] of minutes.entries()) {
        const { waits } = await until(() => bench.workflows.get(id), ({ waits: [first] }) => first?.attempt === i + 2); // prettier-ignore
        const failed = (await bench.workflows.history(id)).findLast(({ type }) => type === 'step-failed')!;
        expect(waits[0]!.dueAt!.getTime() - failed.createdAt.getTime()).toBe(wait * MINUTE);
        clock.by((wait - 1) * MINUTE);
        await lookedAt(bench);
        expect(bench.journal.of(groupId)).toHaveLength(i + 1);
        clock.by(2 * MINUTE);
      }
      await bench.reaches(id, 'failed');
      expect(bench.journal.of(groupId)).toHaveLength(4);
    });

    it('B-10 what is a failure for good, or an error that no other try can help, is not tried again', async () => {
      const retry = { attempts: 5, unless: ['RangeError'] };
      const name = await defined(bench, [
        { name: 'a', retry, required: false },
        { name: 'b', retry },
      ]);
      const outOfRange = () => {
        throw new RangeError('of no use');
      };
      const { process, names } = await bench.run(name, {}, { a: refused, b: outOfRange });
      expect(process).toMatchObject({ status: 'failed', cause: expect.stringContaining('of no use') as string });
      expect(names()).toEqual(['a', 'b']);
    });

    it('B-11 when all have succeeded the process is completed, once', async () => {
      const name = await defined(bench, ['a', { name: 'i', independent: true }, 'b', { name: 'j', independent: true }]);
      const { id, process } = await bench.run(name);
      expect(process.status).toBe('completed');
      expect((await bench.steps(id)).sort()).toEqual(['a', 'b', 'i', 'j']);
      expect((await bench.types(id)).filter((type) => type === 'process-completed')).toHaveLength(1);
    });

    it('B-12 it is not completed while any step is under way, also one that nobody requires', async () => {
      const hold = signal();
      const name = await defined(bench, ['a', { name: 'i', independent: true, required: false }]);
      const { id, groupId } = await bench.start(name, {}, { i: () => hold.happened.then(refused) });
      await until(() => bench.steps(id), (steps) => steps.join() === 'a'); // prettier-ignore
      await waitUntil(groupId, 'i');
      await bench.app.engine.sweeper.sweep();
      expect((await bench.workflows.get(id)).status).toBe('running');
      hold.give();
      expect((await bench.settled(id)).status).toBe('completed');
    });

    it('B-13 that one step was not required excuses no other: a required one behind it fails the process', async () => {
      const both = await defined(bench, [{ name: 'a', required: false }, 'b']);
      expect((await bench.run(both, {}, { a: refused, b: refused })).process).toMatchObject({ status: 'failed', cause: 'b: never' });
      expect((await bench.run(both, {}, { a: refused })).process.status).toBe('completed');
    });

    it('B-14 a step that is not required is tried again like any other, and passed over only when no try is left', async () => {
      const optional = { name: 'a', required: false, retry: { attempts: 3 } };
      const flaky = (_context: unknown, { attempt }: StepRef) => (attempt < 2 ? broken() : undefined);
      const [well, badly] = [await bench.run(await defined(bench, [optional, 'b']), {}, { a: flaky }), await bench.run(await defined(bench, [optional, 'b']), {}, { a: broken })]; // prettier-ignore
      expect([well.process.status, badly.process.status]).toEqual(['completed', 'completed']);
      expect(await attempts(bench, well.id, 'a')).toEqual(['failed 1', 'completed 2']);
      expect(await attempts(bench, badly.id, 'a')).toEqual(['failed 1', 'failed 2', 'failed 3', 'skipped 3']);
      expect([well.names(), badly.names()]).toEqual([['a', 'a', 'b'], ['a', 'a', 'a', 'b']]); // prettier-ignore
    });

    it('B-14 a step that has been passed over cannot be retried: it is done', async () => {
      const { id } = await bench.run(
        await defined(bench, [
          { name: 'a', required: false },
          { name: 'b', on: 'never' },
        ]),
        {},
        { a: refused },
      );
      await expect(bench.workflows.retry(id)).rejects.toThrow(NotWaitingError);
    });
  });
}
