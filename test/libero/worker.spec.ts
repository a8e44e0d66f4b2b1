/** Libero Flow's scheduler, workers and session by their numbers. */
import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { done, fail, InvalidInputError, ProcessNotFoundError, Step, type StepRef, UnknownWorkflowError, UnserialisableValueError } from 'nestjs-argonaut';
import { until } from '../support/app.js';
import { attempts, type Bench, defined, documentOf, DUMMY, Journal, lookedAt, onEachDatabase, signal, Turnstile, unique } from './row.js';

/** As `do_activity` of Libero's README: returning is SUCCEEDED, `fail()` is PERMANENT_FAILURE. */
@Step()
class DoSomethingActivity {
  run() {
    const num = 10;
    if (num > 20) return fail('too many');
  }
}

@Step()
class DoAnotherThingActivity {
  constructor(private readonly journal: Journal) {}
  run(context: object, step: StepRef) {
    return this.journal.run(context, step);
  }
}

const QUEUES = { work: {}, single: { concurrency: 1 }, triple: { concurrency: 3 } };
const providers = [DoSomethingActivity, DoAnotherThingActivity];
await onEachDatabase({ providers, queues: QUEUES, options: { workflows: [DUMMY] } }, worker); // prettier-ignore

function worker(bench: Bench): void {
  const unfinished = (groupId: string) => bench.workflows.find({ groupId });
  const broken = (): never => {
    throw new Error('not now');
  };

  describe('starting', () => {
    it('B-15 a start by name makes the process, with its input data as its first version, and begins it', async () => {
      const hold = signal();
      const message = { name: await defined(bench, ['a', 'b']), input_data: { data_dir: '/data', urls: ['one', 'two'] } };
      const { id, groupId } = await bench.start(message.name, message.input_data, { a: () => hold.happened }, { actor: 'editor', reason: 'a message' });
      expect(await bench.workflows.get(id)).toMatchObject({ workflow: message.name, workflowVersion: 1, status: 'running', contextVersion: 1, context: message.input_data }); // prettier-ignore
      expect((await bench.workflows.history(id))[0]).toMatchObject({ type: 'process-started', actor: 'editor', reason: 'a message' });
      await until(() => bench.journal.of(groupId).length, (runs) => runs === 1); // prettier-ignore
      hold.give();
      expect((await bench.settled(id)).status).toBe('completed');
      expect(bench.journal.of(groupId).map(({ context }) => context)).toEqual([message.input_data, message.input_data]);
    });

    it('B-15 the workflow of Libero’s README, as it is', async () => {
      const well = await bench.run('DummyWorkflow');
      expect(well.process).toMatchObject({ status: 'completed', workflowVersion: 1 });
      expect(await bench.steps(well.id)).toEqual(['DoSomethingActivity', 'DoAnotherThingActivity']);
      const badly = await bench.run('DummyWorkflow', {}, { DoAnotherThingActivity: () => fail('foobar said 404') });
      expect(badly.process).toMatchObject({ status: 'failed', cause: 'DoAnotherThingActivity: foobar said 404' });
    });

    it('B-16 a workflow that is not known is refused by its name, and nothing is made', async () => {
      const groupId = unique('g');
      const start = bench.workflows.start('DummyWorkflw', {}, { groupId });
      await expect(start).rejects.toThrow(UnknownWorkflowError);
      await expect(start).rejects.toThrow('There is no workflow "DummyWorkflw". Did you mean "DummyWorkflow"?');
      await expect(bench.workflows.start('DummyWorkflow', {}, { groupId, version: 7 })).rejects.toThrow('There is no workflow "DummyWorkflow" version 7. Known versions: 1.'); // prettier-ignore
      expect((await unfinished(groupId)).items).toEqual([]);
      await expect(bench.workflows.get({ workflow: 'DummyWorkflow', groupId })).rejects.toThrow(ProcessNotFoundError);
    });

    it('B-16 input data that is no object, or cannot be stored, makes nothing', async () => {
      const groupId = unique('g');
      for (const wrong of ['text', [], 7] as object[]) await expect(bench.workflows.start('DummyWorkflow', wrong, { groupId })).rejects.toThrow(InvalidInputError);
      await expect(bench.workflows.start('DummyWorkflow', { run: () => 1 }, { groupId })).rejects.toThrow(UnserialisableValueError);
      expect((await unfinished(groupId)).items).toEqual([]);
    }); // prettier-ignore
  });

  describe('working', () => {
    it('B-17 a step of a queue is queued, triggered, run, completed, each on the record; then the next begins', async () => {
      const hold = signal();
      const { id, groupId } = await bench.start(await defined(bench, [{ name: 'a', queue: 'work' }, 'b']), {}, { a: () => hold.happened });
      await until(() => bench.journal.of(groupId).length, (runs) => runs === 1); // prettier-ignore
      expect((await bench.workflows.get(id)).waits).toMatchObject([{ step: 'a', kind: 'task', queue: 'work', attempt: 1 }]);
      hold.give();
      await bench.reaches(id, 'completed');
      const types = (await bench.types(id)).filter((type) => !type.startsWith('process-claimed'));
      expect(types).toEqual(['process-started', 'task-queued a', 'task-triggered a', 'step-completed a', 'step-completed b', 'process-completed']);
    });

    it('B-17 each step is queued when its turn comes, independent ones at once, and run once', async () => {
      const activities = [
        { name: 'a', queue: 'work' },
        { name: 'i', queue: 'work', independent: true },
        { name: 'b', queue: 'work' },
      ];
      const { id, groupId } = await bench.start(await defined(bench, activities));
      await bench.reaches(id, 'completed');
      const types = await bench.types(id);
      expect(types.indexOf('task-queued b')).toBeGreaterThan(Math.max(types.indexOf('step-completed a'), types.indexOf('step-completed i')));
      expect(Math.max(types.indexOf('task-queued a'), types.indexOf('task-queued i'))).toBeLessThan(Math.min(types.indexOf('step-completed a'), types.indexOf('step-completed i'))); // prettier-ignore
      expect(bench.journal.names(groupId).sort()).toEqual(['a', 'b', 'i']);
    });

    it.each<[string, () => unknown, string]>([
      ['an error', broken, 'not now'],
      ['later', () => Promise.reject(new TypeError('late')), 'late'],
      ['a string', () => Promise.reject('a word' as unknown as Error), 'a word'],
      ['nothing', () => Promise.reject(undefined as unknown as Error), 'undefined'],
      ['an object', () => Promise.reject({ status: 'error', message: 'refused' } as unknown as Error), "thrown: { status: 'error', message: 'refused' }"],
    ])('B-18 a step that throws %s has failed, and its worker goes on', async (_what, behaviour, told) => {
      const steps = [{ name: 'a', queue: 'single', retry: 2 }];
      const [failing, other] = [await bench.start(await defined(bench, steps), {}, { a: behaviour }), await bench.start(await defined(bench, steps))];
      await Promise.all([bench.reaches(failing.id, 'failed'), bench.reaches(other.id, 'completed')]);
      expect(await attempts(bench, failing.id, 'a')).toEqual(['failed 1', 'failed 2']);
      expect((await bench.workflows.get(failing.id)).cause).toContain(told);
    });

    it('B-18 a step that takes longer than its timeout is told so, and has failed that try; what it says later counts no more', async () => {
      const late = signal();
      const hangs = (_context: unknown, { signal: told, attempt }: StepRef) =>
        attempt > 1
          ? { from: attempt }
          : new Promise((resolve) => {
              told.addEventListener('abort', () => late.give());
              void late.happened.then(() => resolve({ from: attempt }));
            });
      const name = await defined(bench, [{ name: 'a', timeout: '50ms', retry: 2 }, 'b']);
      const { id, process } = await bench.run(name, {}, { a: hangs });
      await late.happened;
      expect(process.status).toBe('completed');
      expect(await attempts(bench, id, 'a')).toEqual(['failed 1', 'completed 2']);
      expect((await bench.workflows.history(id)).find(({ type }) => type === 'step-failed')!.error).toMatch(/50 ?ms/);
      expect(await bench.context(id)).toEqual({ from: 2 });
    });

    it('B-18 a timeout of a step that is not required passes it over', async () => {
      const hangs = () => new Promise(() => {});
      const { process, names } = await bench.run(await defined(bench, [{ name: 'a', timeout: 30, required: false }, 'b']), {}, { a: hangs });
      expect([process.status, names()]).toEqual(['completed', ['a', 'b']]);
    });

    it.each<[string, unknown]>([
      ['a word', 'Succeeded'],
      ['the name of a step', 'b'],
      ['a number', 0],
      ['yes', true],
      ['no', false],
      ['a list', [{ a: 1 }]],
      ['a function', () => ({ a: 1 })],
    ])('B-20 a step that returns %s has failed for good, however often it might be tried', async (_what, result) => {
      for (const queue of [{}, { queue: 'work' }]) {
        const { id, groupId } = await bench.start(await defined(bench, [{ name: 'a', retry: 5, ...queue }, 'b']), {}, { a: () => result });
        await bench.reaches(id, 'failed');
        expect(bench.journal.names(groupId)).toEqual(['a']);
        expect((await bench.workflows.get(id)).context).toEqual({});
        expect((await bench.workflows.get(id)).cause).toMatch(/^a: WrongResult: it returned /);
      }
    });

    it.each<[string, object]>([
      ['in place', {}],
      ['on a queue', { queue: 'work' }],
    ])('B-20 B-9 one that is not required and returns what is no outcome is passed over at its first try, %s', async (_where, queue) => {
      const optional = { name: 'a', required: false, retry: 5, ...queue };
      const { id, groupId } = await bench.start(await defined(bench, [optional, 'b']), {}, { a: () => 'Succeeded' });
      expect(await bench.reaches(id, 'completed')).toMatchObject({ context: {}, cause: null });
      expect(bench.journal.names(groupId)).toEqual(['a', 'b']);
      expect(await attempts(bench, id, 'a')).toEqual(['failed 1', 'skipped 1']);
      expect((await bench.workflows.history(id)).find(({ type }) => type === 'step-skipped')!.error).toMatch(/^WrongResult: it returned "Succeeded"/);
    });

    it.each<[string, unknown, object]>([
      ['nothing', undefined, {}],
      ['null', null, {}],
      ['a patch', { a: 1 }, { a: 1 }],
      ['done() with one', done({ a: 2 }), { a: 2 }],
      ['nothing new', {}, {}],
    ])('B-20 a step that returns %s has succeeded', async (_what, result, context) => {
      const { id, process } = await bench.run(await defined(bench, ['a']), {}, { a: () => result });
      expect([process.status, await bench.context(id)]).toEqual(['completed', context]);
    });

    it('B-26 one worker runs steps one by one, though they begin at once', async () => {
      const gate = new Turnstile();
      const activities = ['a', 'b', 'c'].map((name) => ({ name, queue: 'single', independent: true }));
      const { id } = await bench.start(await defined(bench, activities), {}, { a: gate.pass, b: gate.pass, c: gate.pass });
      for (let done = 0; done < 3; done++) {
        await gate.isFull(1);
        await bench.app.engine.sweeper.sweep();
        await gate.letOut();
      }
      await bench.reaches(id, 'completed');
      expect(gate.most).toBe(1);
    });

    it('B-26 n workers run n at once, of one process and of several', async () => {
      const gate = new Turnstile();
      const activities = ['a', 'b'].map((name) => ({ name, queue: 'triple', independent: true }));
      const name = await defined(bench, activities);
      const all = await Promise.all([1, 2, 3].map(() => bench.start(name, {}, { a: gate.pass, b: gate.pass })));
      await gate.isFull(3);
      await bench.app.engine.sweeper.sweep();
      await gate.letOut(6);
      for (const { id } of all) await bench.reaches(id, 'completed');
      expect(gate.most).toBe(3);
    });

    it('B-26 another instance is another worker', async () => {
      const gate = new Turnstile();
      const name = await defined(bench, ['a', 'b', 'c'].map((step) => ({ name: step, queue: 'single', independent: true }))); // prettier-ignore
      const other = await bench.instance({}, bench.journal);
      try {
        const { id } = await bench.start(name, {}, { a: gate.pass, b: gate.pass, c: gate.pass });
        await gate.isFull(2);
        await gate.letOut(3);
        await bench.reaches(id, 'completed');
        expect(gate.most).toBe(2);
      } finally {
        await other.close();
      }
    });

    // SQLite has no connections that somebody else could cut.
    if (!bench.database.name.includes('SQLite'))
      it('B-24 when every connection to the server is cut, processes go on once it is back', async () => {
        const hold = signal();
        const steps = [{ name: 'a' }, { name: 'b', queue: 'work' }, { name: 'c', on: 'go-on' }, { name: 'd' }];
        const { id, groupId } = await bench.start(await defined(bench, steps), {}, { a: () => hold.happened });
        await until(() => bench.journal.of(groupId).length, (runs) => runs === 1); // prettier-ignore
        await cutAll(bench);
        hold.give();
        await until(() => bench.waiting(id).catch(() => []), (waiting) => waiting.join() === 'c'); // prettier-ignore
        await cutAll(bench);
        await until(() => bench.workflows.emit('go-on', groupId, {}, { messageId: 'm' }).catch(() => null), (told) => told !== null); // prettier-ignore
        await until(() => bench.workflows.get(id).catch(() => null), (process) => process?.status === 'completed'); // prettier-ignore
        expect(await bench.steps(id)).toEqual(['a', 'b', 'c', 'd']);
      });
  });

  describe('the session: what steps leave for one another', () => {
    it('B-21 a later step of the same process reads what an earlier one set; what is not there is undefined', async () => {
      const seen: unknown[] = [];
      const name = await defined(bench, ['set', 'get']);
      const behaviours = {
        set: () => ({ key: 'value', nothing: null }),
        get: (context: Record<string, unknown>) => void seen.push(context['key'], context['nothing'], context['missing'], 'missing' in context),
      };
      await bench.run(name, {}, behaviours);
      expect(seen).toEqual(['value', null, undefined, false]);
    });

    it('B-21 other processes do not see it, of the same workflow or another', async () => {
      const [name, another] = [await defined(bench, ['set', 'get']), await defined(bench, ['get'])];
      const hold = signal();
      const { id } = await bench.start(name, {}, { set: () => ({ key: 'mine' }), get: () => hold.happened });
      await until(() => bench.context(id), (context) => context.key === 'mine'); // prettier-ignore
      const [same, other] = [await bench.run(name), await bench.run(another)];
      for (const { groupId } of [same, other]) expect(bench.journal.of(groupId, 'get')[0]!.context).toEqual({});
      hold.give();
      await bench.settled(id);
    });

    it('B-21 what a step sets and then fails is not kept; nor what it does to the context it was given', async () => {
      const name = await defined(bench, [{ name: 'set', retry: 2 }, 'get']);
      const set = (context: Record<string, unknown>, { attempt }: StepRef) => {
        context['dirt'] = attempt;
        return attempt === 1 ? broken() : { clean: true };
      };
      const { id, groupId } = await bench.run(name, {}, { set });
      expect(bench.journal.of(groupId).map(({ context }) => context)).toEqual([{}, {}, { clean: true }]);
      expect(await bench.context(id)).toEqual({ clean: true });
    });

    it('B-21 steps beside one another keep each their own keys, and may add up one', async () => {
      const gate = new Turnstile();
      const add = (step: string) => () => gate.pass().then(() => ({ [step]: 1, sum: (latest = 0) => latest + 1 }));
      const activities = [{ name: 'a', independent: true }, { name: 'b', independent: true }, { name: 'c', independent: true }, 'd'];
      const { id, groupId } = await bench.start(await defined(bench, activities), {}, { a: add('a'), b: add('b'), c: add('c') });
      await gate.isFull(3);
      await gate.letOut(3);
      await bench.settled(id);
      expect(bench.journal.of(groupId, 'd')[0]!.context).toEqual({ a: 1, b: 1, c: 1, sum: 3 });
    });

    it('B-22 input data reads back as it was given, in every step, whatever JSON it is', async () => {
      const input = {
        input_data: { urls: ['http://x/1?a=b&c="d"', "o'clock"], deep: [[{ n: 1.5, none: null, yes: true }], []], empty: {} },
        text: 'ümläut 🐙 \\n ${x} {{y}}', big: Number.MAX_SAFE_INTEGER, __proto: 'kept', 'key with spaces': '', zero: 0,
      }; // prettier-ignore
      const { id, groupId } = await bench.run(await defined(bench, ['a', { name: 'b', queue: 'work' }]), input);
      await bench.reaches(id, 'completed');
      for (const { context } of bench.journal.of(groupId)) expect(context).toEqual(input);
      expect(await bench.workflows.contextAt(id, 1)).toEqual(input);
      expect(await bench.context(id)).toEqual(input);
    });

    it('B-22 a value may be taken away, and is missing from then on', async () => {
      const { groupId } = await bench.run(await defined(bench, ['a', 'b']), { key: 1, other: 2 }, { a: () => ({ key: undefined }) });
      expect(bench.journal.of(groupId, 'b')[0]!.context).toEqual({ other: 2 });
    });
  });

  describe('the history', () => {
    it('B-25 every change of state is on the record, failures too, each once, with what went wrong', async () => {
      const activities = [
        { name: 'a', retry: 2 },
        { name: 'b', required: false },
        { name: 'c', queue: 'work' },
      ];
      const flaky = (_context: unknown, { attempt }: StepRef) => (attempt === 1 ? broken() : { a: 1 });
      const { id, groupId } = await bench.start(await defined(bench, activities), {}, { a: flaky, b: () => fail('no b'), c: () => fail('no c') });
      await bench.reaches(id, 'failed');
      bench.journal.tell(groupId, {});
      await bench.workflows.suspend(id, { actor: 'ann', reason: 'let me see' });
      await bench.workflows.resume(id);
      await bench.workflows.retry(id, { actor: 'ann' });
      await bench.reaches(id, 'completed');
      const records = (await bench.workflows.history(id)).filter(({ type }) => type !== 'process-claimed' && type !== 'log');
      expect(records.map(({ type, step, error }) => [type, step, error?.replace(/\n[^]*/, '')].filter(Boolean).join(' '))).toEqual([
        'process-started',
        'step-failed a Error: not now',
        'step-completed a',
        'step-failed b no b',
        'step-skipped b no b',
        'task-queued c',
        'task-triggered c',
        'step-failed c no c',
        'process-failed c no c',
        'process-suspended',
        'process-resumed',
        'process-retried',
        'task-queued c',
        'task-triggered c',
        'step-completed c',
        'process-completed',
      ]);
      expect(records.find(({ type }) => type === 'process-suspended')).toMatchObject({ actor: 'ann', reason: 'let me see' });
    });

    it('B-25 the history is in order, and is the same when it is read again; a cancelled process has its end in it', async () => {
      const { id } = await bench.run(await defined(bench, ['a', { name: 'b', on: 'never' }]));
      await bench.workflows.cancel(id, { actor: 'ann', reason: 'no longer wanted' });
      const history = await bench.workflows.history(id);
      expect(history.at(-1)).toMatchObject({ type: 'process-cancelled', actor: 'ann', reason: 'no longer wanted' });
      const sequence = history.map((record) => record.sequence);
      expect(sequence).toEqual(sequence.toSorted((a, b) => a - b));
      await lookedAt(bench);
      expect(await bench.workflows.history(id)).toEqual(history);
    });

    it('B-25 of a process that nobody can run it says so', async () => {
      const document = documentOf([{ name: 'a', on: 'never' }]);
      await bench.workflows.define(document);
      const { id } = await bench.run(document.name);
      await bench.workflows.withdraw(document.name);
      expect((await bench.workflows.explain(id)).sentence).toMatch(/stands still: this version of its workflow was withdrawn/);
      expect(await bench.types(id)).toEqual(['process-started', 'event-awaited a']);
    });
  });
}

/** As when the server restarts, but for the one connection that does it. */
async function cutAll({ database }: Bench): Promise<void> {
  const ours = await database.connect();
  if (ours.options.type === 'postgres') {
    await ours.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
  } else {
    const others = (await ours.query('select id from information_schema.processlist where db = database() and id <> connection_id()')) as {
      id: number | string;
    }[];
    for (const { id } of others) await ours.query(`kill ${id}`).catch(() => {}); // it may be gone already
  }
  await ours.destroy();
}
