import { randomUUID } from 'node:crypto';
import { done, go, InvalidInputError, NotWaitingError, pause, ProcessFinishedError, ProcessNotFoundError, UnknownStepError, UnserialisableValueError, UnknownWorkflowError } from 'nestjs-argonaut'; // prettier-ignore
import { describe, expect, it } from 'vitest';
import type { Database } from '../support/databases.js';
import { until } from '../support/app.js';
import { onEachDatabase, oneApp } from './row.js';
import { Address, RequestResult, type Data, FileDto, Insisting, Line, Patient, Place, Unasking, Upload } from './workflows.js';

const home = { street: 'Main', number: 1 };
const address = { ...home, email: 'a@b.example', since: '2020-02-02T00:00:00.000Z', home, former: [home, { street: 'Old', number: 2 }] };

await onEachDatabase(inputs);

function inputs(database: Database): void {
  const row = oneApp(database);
  /** Any value, as whoever stands outside may send it. */
  const give = (step: string, id: string, input: unknown, options = {}) => row.workflows.provideInput('asking', step, id, input, options);

  async function atAmount() {
    const { id, groupId } = await row.started(RequestResult);
    await give('address', id, address);
    expect((await row.settled(id)).status).toBe('waiting');
    return { id, groupId };
  }

  describe('until it is given', () => {
    it('D-12 a step with an input waits before it runs, and says for what', async () => {
      const { id, groupId, process } = await row.started(RequestResult);
      expect(process).toMatchObject({ status: 'waiting', contextVersion: 2, cause: null });
      expect(row.script.of(groupId)).toEqual(['first']);
      expect(await row.types(id)).toEqual(['process-started', 'step-completed', 'input-required']);
      const { waits } = await row.workflows.get(id);
      expect(waits).toMatchObject([{ kind: 'input', step: 'address', dueAt: null, schema: { type: 'object', required: expect.arrayContaining(['email']) as unknown } }]); // prettier-ignore
    });

    it('D-12 so does a decision', async () => {
      const { id, groupId } = await atAmount();
      expect(row.script.of(groupId)).toEqual(['first', 'address']);
      expect((await row.workflows.get(id)).waits).toMatchObject([{ kind: 'input', step: 'amount' }]);
      expect((await row.workflows.find({ waitingFor: 'amount', groupId })).items).toHaveLength(1);
    });

    it('D-12 explain() says who can unblock it, and how', async () => {
      const { id } = await row.started(RequestResult);
      const { sentence, remedies } = await row.workflows.explain(id);
      expect(sentence).toMatch(/waits in step "address" since .* for an input/);
      expect(remedies).toContain(`provideInput('asking', 'address', '${id}', …)`);
    });

    it('D-12 whoever listens is told that an input is required', async () => {
      const groupId = row.group();
      const told: unknown[] = [];
      const listening = row.workflows.records.subscribe(({ type, step, processId }) => type === 'input-required' && told.push([processId, step]));
      const { id } = await row.started(RequestResult, groupId);
      await give('address', id, address);
      await row.settled(id);
      await until(() => told.filter((each) => (each as string[])[0] === id), (mine) => mine.length === 2); // prettier-ignore
      listening.unsubscribe();
      expect(told).toEqual(expect.arrayContaining([[id, 'address'], [id, 'amount']])); // prettier-ignore
    });

    it('D-17 looked at again, it still waits, and nothing runs', async () => {
      const { id, groupId } = await row.started(RequestResult);
      const before = await row.everything(id);
      await row.app.engine.sweeper.sweep();
      await row.app.engine.runner.look(id);
      await row.app.engine.activity.idle();
      await expect(row.workflows.retry(id)).rejects.toThrow(NotWaitingError);
      await expect(row.workflows.resume(id)).rejects.toThrow(NotWaitingError);
      expect(await row.everything(id)).toEqual(before);
      expect(row.script.of(groupId)).toEqual(['first']);
    });

    it('D-21 start(), then settled(), comes back with the first input that is owed', async () => {
      const { id } = await row.workflows.start(Upload);
      expect(await row.workflows.settled(id)).toMatchObject({ status: 'waiting', contextVersion: 1 });
      await row.workflows.provideInput(Upload, 'file', id, { path: 'a.json' });
      expect(await row.workflows.settled(id)).toMatchObject({ status: 'completed' });
    });

    it('D-20 a class without fields asks for nothing', async () => {
      const { id, groupId, process } = await row.started(Unasking);
      expect(process.status).toBe('completed');
      expect(await row.types(id)).not.toContain('input-required');
      expect(row.script.of(groupId)).toEqual(['nothing', 'out']);
      await expect(row.workflows.provideInput('unasking', 'nothing', id, {})).rejects.toThrow(UnknownStepError);
    });
  });

  describe('when it is given', () => {
    it('D-13 it is stored, the step runs with it, and the process goes on', async () => {
      const { id, groupId } = await row.started(Upload);
      row.script.tell(groupId, 'file', (_data, _step, { path }: FileDto) => ({ path }));
      const told = await row.workflows.provideInput(Upload, 'file', id, { path: 'a.json' }, { actor: 'ada', reason: 'as asked' });
      expect(told).toMatchObject({ id, groupId });
      expect((await row.settled(id)).status).toBe('completed');
      expect(await row.types(id)).toEqual(['process-started', 'input-required', 'message-delivered', 'step-completed', 'step-completed', 'process-completed']);
      expect(row.script.last(groupId, 'file').input).toBeInstanceOf(FileDto);
      const delivered = (await row.workflows.history(id)).find(({ type }) => type === 'message-delivered');
      expect(delivered).toMatchObject({ step: 'file', actor: 'ada', reason: 'as asked', message: { path: 'a.json' } });
      expect((await row.context(id)).path).toBe('a.json');
    });

    it('D-13 by the group id it is found as well', async () => {
      const { id, groupId } = await row.started(Upload);
      await row.workflows.provideInput(Upload, 'file', { groupId }, { path: 'a.json' });
      expect((await row.settled(id)).status).toBe('completed');
    });

    it('D-13 a step that throws is given the same input again by retry()', async () => {
      const { id, groupId } = await row.started(Upload);
      row.script.tell(groupId, 'file', () => {
        throw new Error('no such file');
      });
      await row.workflows.provideInput(Upload, 'file', id, { path: 'a.json' });
      expect(await row.settled(id)).toMatchObject({ status: 'failed', cause: 'file: Error: no such file' });
      row.script.tell(groupId, 'file', (_data, _step, { path }: FileDto) => ({ path }));
      await row.workflows.retry(id);
      expect((await row.settled(id)).status).toBe('completed');
      expect((await row.context(id)).path).toBe('a.json');
    });

    it('D-13 a step that pauses finds its input again after resume()', async () => {
      const { id, groupId } = await row.started(Upload);
      row.script.tell(groupId, 'file', () => pause('look at it first'));
      await row.workflows.provideInput(Upload, 'file', id, { path: 'a.json' });
      expect(await row.settled(id)).toMatchObject({ status: 'suspended', cause: 'look at it first' });
      row.script.tell(groupId, 'file', (_data, _step, { path }: FileDto) => ({ path }));
      await row.workflows.resume(id);
      expect((await row.settled(id)).status).toBe('completed');
      expect((await row.context(id)).path).toBe('a.json');
    });

    it('D-18 a decision chooses by its input, and hands on what was before it', async () => {
      for (const [amount, taken] of [
        [1, 'little'],
        [1000, 'much'],
      ] as const) {
        const { id, groupId } = await row.started(RequestResult);
        row.script.tell(groupId, 'address', () => ({ path: 'known' }));
        row.script.tell(groupId, 'amount', (_data, _step, input: { amount: number }) => (input.amount < 100 ? 0 : go('much', { rounds: input.amount })));
        await give('address', id, address);
        await row.settled(id);
        await row.workflows.provideInput(RequestResult, 'amount', id, { amount });
        expect((await row.settled(id)).status).toBe('completed');
        expect(row.script.of(groupId)).toEqual(['first', 'address', 'amount', taken]);
        expect(row.script.last(groupId, taken).previous).toEqual({ path: 'known' });
      }
    });

    it('D-18 a decision that is given an input and names no edge fails, and retry() keeps the input', async () => {
      const { id, groupId } = await atAmount();
      row.script.tell(groupId, 'amount', (_data, _step, input: { amount: number }) => input.amount);
      await give('amount', id, { amount: 5 });
      expect((await row.settled(id)).cause).toMatch(/^amount: .*returned 5.*0 \(little\), 1 \(much\)/);
      row.script.tell(groupId, 'amount', (_data, _step, input: { amount: number }) => (input.amount === 5 ? 'much' : 'little'));
      await row.workflows.retry(id);
      await row.settled(id);
      expect(row.script.of(groupId).at(-1)).toBe('much');
    });

    it('D-19 it comes as an instance of its class, nested ones and dates included', async () => {
      const { groupId } = await atAmount();
      const { input } = row.script.last(groupId, 'address') as { input: Address };
      expect(input).toBeInstanceOf(Address);
      expect(input.since).toEqual(new Date('2020-02-02'));
      expect(input.home).toBeInstanceOf(Place);
      expect(input.former.map((each) => each instanceof Place)).toEqual([true, true]);
      expect(input.note).toBeUndefined();
    });

    it('D-19 it comes as a Standard Schema made it', async () => {
      const { id, groupId } = await atAmount();
      await give('amount', id, { amount: '12', stray: true });
      await row.settled(id);
      expect(row.script.last(groupId, 'amount').input).toEqual({ amount: 12 });
    });

    it('D-19 each visit to a step asks anew', async () => {
      const groupId = row.group();
      row.script.tell(groupId, 'ask', (data: Data, _step, { answer }: { answer: string }) => go(answer === 'yes' ? 'out' : 'ask', { rounds: data.rounds + 1 }));
      const { id } = await row.started(Insisting, groupId);
      for (const answer of ['no', 'no', 'yes']) {
        await row.workflows.provideInput('insisting', 'ask', id, { answer });
        await row.settled(id);
      }
      expect((await row.workflows.get(id)).status).toBe('completed');
      expect((await row.context(id)).rounds).toBe(3);
      expect((await row.workflows.history(id)).filter(({ type }) => type === 'message-delivered').map((record) => record.message)).toEqual([{ answer: 'no' }, { answer: 'no' }, { answer: 'yes' }]); // prettier-ignore
    });

    it('D-19 restartFrom() asks anew, and the input of the life before counts no more', async () => {
      const { id, groupId } = await row.started(Upload);
      row.script.tell(groupId, 'file', (_data, _step, { path }: FileDto) => ({ path }));
      await row.workflows.provideInput(Upload, 'file', id, { path: 'old' });
      expect((await row.settled(id)).status).toBe('completed');
      await row.workflows.restartFrom(id, 1);
      expect((await row.settled(id)).status).toBe('waiting');
      expect((await row.context(id)).path).toBeUndefined();
      await row.workflows.provideInput(Upload, 'file', id, { path: 'new' });
      expect((await row.settled(id)).status).toBe('completed');
      expect((await row.context(id)).path).toBe('new');
    });

    it('D-19 a step with an input may run as a task of a queue', async () => {
      const { id, groupId, process } = await row.started(Patient);
      expect(process.status).toBe('waiting');
      row.script.tell(groupId, 'queued', (_data, _step, { answer }: { answer: string }) => ({ path: answer }));
      await row.workflows.provideInput('patient', 'queued', id, { answer: 'yes' });
      await until(() => row.workflows.waitingForInput({ groupId }), ({ items }) => items[0]?.step === 'limited'); // prettier-ignore
      expect((await row.context(id)).path).toBe('yes');
      expect(await row.types(id)).toEqual(['process-started', 'input-required', 'message-delivered', 'task-queued', 'task-triggered', 'step-completed', 'input-required']); // prettier-ignore
    });

    it('D-19 an input that does not come in time is a failed attempt; retry() asks once more', async () => {
      const { id, groupId } = await row.started(Patient);
      await row.workflows.provideInput('patient', 'queued', id, { answer: 'yes' });
      await until(() => row.workflows.waitingForInput({ groupId }), ({ items }) => items[0]?.dueAt instanceof Date); // prettier-ignore
      await row.until(id, 'failed');
      await expect(row.workflows.provideInput('patient', 'limited', id, { answer: 'yes' })).rejects.toThrow(NotWaitingError);
      expect((await row.workflows.waitingForInput({ groupId })).items).toEqual([]);
      await row.workflows.retry(id);
      await row.workflows.provideInput('patient', 'limited', id, { answer: 'yes' });
      await row.until(id, 'completed');
    });

    it('D-19 skip() lets the step pass without an input', async () => {
      const { id, groupId } = await row.started(Upload);
      await row.workflows.skip(Upload, 'file', id, { path: 'by hand' }, { actor: 'ada' });
      expect((await row.settled(id)).status).toBe('completed');
      expect(row.script.of(groupId)).toEqual(['check']);
      expect((await row.context(id)).path).toBe('by hand');
    });
  });

  describe('what is wrong changes nothing', () => {
    it.each<[string, object, RegExp[]]>([
      ['nothing in it', {}, [/street must be a string/, /number must be an integer/, /email must be an email/, /since must be a Date/]],
      ['one wrong field', { ...address, email: 'nobody' }, [/^email must be an email$/]],
      ['a wrong type', { ...address, number: '1' }, [/number must be an integer/, /number must not be less than 1/]],
      ['a rule of a parent class', { ...address, number: 0 }, [/^number must not be less than 1$/]],
      ['a wrong nested field', { ...address, home: { ...home, street: 7 } }, [/^home\.street: street must be a string$/]],
      ['a wrong field in a list', { ...address, former: [home, { street: 'Old', number: 0.5 }] }, [/^former\.1\.number: number must be an integer/]],
      ['a wrong optional field', { ...address, note: 7 }, [/^note must be a string$/]],
      ['no date', { ...address, since: 'yesterday' }, [/since must be a Date/]],
    ])('D-14 %s: each field is named', async (_what, input, problems) => {
      const { id, groupId } = await row.started(RequestResult);
      const before = await row.everything(id);
      const refused = await give('address', id, input).then(() => null, (error: unknown) => error as InvalidInputError); // prettier-ignore
      expect(refused).toBeInstanceOf(InvalidInputError);
      expect(refused!.getStatus()).toBe(400);
      for (const problem of problems) expect(refused!.problems).toContainEqual(expect.stringMatching(problem));
      expect(await row.everything(id)).toEqual(before);
      expect(row.script.of(groupId)).toEqual(['first']);
      await give('address', id, address);
      await row.settled(id);
      expect(row.script.of(groupId)).toEqual(['first', 'address']);
    });

    it.each([[undefined], [null], ['text'], [7], [true], [[]], [[address]]])('D-14 %o is no address', async (input) => {
      const { id } = await row.started(RequestResult);
      const before = await row.everything(id);
      await expect(give('address', id, input)).rejects.toThrow(InvalidInputError);
      expect(await row.everything(id)).toEqual(before);
    });

    it.each([[undefined], [null], [{}], [{ amount: 0 }], [{ amount: 'much' }]])('D-14 %o is nothing a Standard Schema takes', async (input) => {
      const { id } = await atAmount();
      const before = await row.everything(id);
      const refused = give('amount', id, input);
      await expect(refused).rejects.toThrow(InvalidInputError);
      await expect(refused).rejects.toMatchObject({ problems: ['amount: must be more than nothing'] });
      expect(await row.everything(id)).toEqual(before);
    });

    it.each([
      ['a function', () => 1, 'input.extra'],
      ['a big integer', 1n, 'input.extra'],
      ['no number', { deep: Number.NaN }, 'input.extra.deep'],
    ])('D-30 %s in an input is refused', async (_what, extra, key) => {
      const { id } = await row.started(Upload);
      const before = await row.everything(id);
      const refused = row.workflows.provideInput('upload', 'file', id, { path: 'x', extra });
      await expect(refused).rejects.toThrow(UnserialisableValueError);
      await expect(refused).rejects.toMatchObject({ status: 422, key });
      expect(await row.everything(id)).toEqual(before);
    });

    it('D-30 so is one that is too large', async () => {
      const { id } = await row.started(Upload);
      await expect(row.workflows.provideInput(Upload, 'file', id, { path: 'x'.repeat(2_000_000) })).rejects.toMatchObject({ status: 413 });
      expect((await row.workflows.get(id)).status).toBe('waiting');
    });
  });

  describe('what does not apply is refused, and changes nothing', () => {
    it('D-15 a step that takes no input is refused, whatever the process does', async () => {
      const waiting = await row.started(RequestResult);
      const finished = await row.started(Line);
      const before = await row.everything(waiting.id);
      await expect(give('first', waiting.id, address)).rejects.toThrow(/has no step "first" to tell this to.*It needs a step with an input/);
      await expect(give('adress', waiting.id, address)).rejects.toThrow(/Did you mean "address"\?/);
      await expect(row.workflows.provideInput('line', 'a', finished.id, {})).rejects.toThrow(UnknownStepError);
      await expect(row.workflows.provideInput('line', 'a', randomUUID(), {})).rejects.toThrow(UnknownStepError);
      expect(await row.everything(waiting.id)).toEqual(before);
    });

    it('D-16 a step whose turn has not come', async () => {
      const { id } = await row.started(RequestResult);
      const before = await row.everything(id);
      const refused = give('amount', id, { amount: 5 });
      await expect(refused).rejects.toThrow(NotWaitingError);
      await expect(refused).rejects.toMatchObject({ status: 409, step: 'amount', waitingFor: ['address'] });
      expect(await row.everything(id)).toEqual(before);
    });

    it('D-16 a second input does not replace the first', async () => {
      const { id, groupId } = await row.started(Upload);
      row.script.tell(groupId, 'file', () => {
        throw new Error('no');
      });
      await row.workflows.provideInput(Upload, 'file', id, { path: 'first' });
      await row.settled(id);
      const before = await row.everything(id);
      await expect(row.workflows.provideInput(Upload, 'file', id, { path: 'second' })).rejects.toThrow(NotWaitingError);
      expect(await row.everything(id)).toEqual(before);
      row.script.tell(groupId, 'file', (_data, _step, { path }: FileDto) => ({ path }));
      await row.workflows.retry(id);
      await row.settled(id);
      expect((await row.context(id)).path).toBe('first');
    });

    it('D-16 also after the step has run', async () => {
      const { id } = await atAmount();
      const before = await row.everything(id);
      await expect(give('address', id, address)).rejects.toThrow(NotWaitingError);
      expect(await row.everything(id)).toEqual(before);
    });

    it('D-16 a finished process, by its id and by its group id', async () => {
      const { id, groupId } = await row.started(Upload);
      await row.workflows.provideInput(Upload, 'file', id, { path: 'x' });
      await row.settled(id);
      const before = await row.everything(id);
      await expect(row.workflows.provideInput(Upload, 'file', id, { path: 'y' })).rejects.toThrow(ProcessFinishedError);
      await expect(row.workflows.provideInput(Upload, 'file', { groupId }, { path: 'y' })).rejects.toThrow(ProcessNotFoundError);
      expect(await row.everything(id)).toEqual(before);
    });

    it('D-16 a cancelled process; and it waits for nothing any more', async () => {
      const { id, groupId } = await row.started(Upload);
      await row.workflows.cancel(id);
      await expect(row.workflows.provideInput(Upload, 'file', id, { path: 'y' })).rejects.toThrow(ProcessFinishedError);
      expect((await row.workflows.waitingForInput({ groupId })).items).toEqual([]);
    });

    it('D-16 a process that runs', async () => {
      const groupId = row.group();
      let let_go!: () => void;
      const held = new Promise<void>((resolve) => (let_go = resolve));
      row.script.tell(groupId, 'first', () => held.then(() => done()));
      const { id } = await row.workflows.start(RequestResult, {}, { groupId });
      await until(() => row.script.of(groupId), (steps) => steps.length === 1); // prettier-ignore
      await expect(give('address', id, address)).rejects.toThrow(NotWaitingError);
      let_go();
      await row.until(id, 'waiting');
      await give('address', id, address);
    });

    it('D-16 a process of another workflow, an unknown one, and an unknown workflow', async () => {
      const { id } = await row.started(RequestResult);
      await expect(row.workflows.provideInput(Upload, 'file', id, { path: 'x' })).rejects.toThrow(ProcessNotFoundError);
      await expect(row.workflows.provideInput(Upload, 'file', randomUUID(), { path: 'x' })).rejects.toThrow(ProcessNotFoundError);
      await expect(row.workflows.provideInput(Upload, 'file', { groupId: row.group() }, { path: 'x' })).rejects.toThrow(ProcessNotFoundError);
      await expect(row.workflows.provideInput('uplaod', 'file', id, {})).rejects.toThrow(UnknownWorkflowError);
    });

    it.each([[null], [7], [{}], [{ groupId: 7 }], ['']])('D-16 %o names no process', async (ref) => {
      await expect(row.workflows.provideInput('upload', 'file', ref as never, { path: 'x' })).rejects.toMatchObject({ name: expect.stringMatching(/^(InvalidInput|ProcessNotFound)Error$/) as unknown }); // prettier-ignore
    });

    it('D-16 of many at the same time exactly one is taken', async () => {
      const groupId = row.group();
      row.script.tell(groupId, 'file', (_data, _step, { path }: FileDto) => ({ path }));
      const { id } = await row.started(Upload, groupId);
      const all = await Promise.allSettled(Array.from({ length: 12 }, (_, i) => row.workflows.provideInput(Upload, 'file', id, { path: `p${i}` })));
      const taken = all.findIndex(({ status }) => status === 'fulfilled');
      expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const each of all) if (each.status === 'rejected') expect([NotWaitingError, ProcessFinishedError]).toContain((each.reason as Error).constructor);
      expect((await row.settled(id)).status).toBe('completed');
      expect((await row.context(id)).path).toBe(`p${taken}`);
      expect((await row.types(id)).filter((type) => type === 'message-delivered')).toHaveLength(1);
      expect(row.script.of(groupId)).toEqual(['file', 'check']);
    });

    it('D-16 one that is sent again under its id is known, and another one under that id is refused', async () => {
      const { id, groupId } = await row.started(RequestResult);
      await give('address', id, address, { messageId: 'm1' });
      await row.settled(id);
      const versions = (await row.workflows.get(id)).contextVersion;
      expect(await give('address', id, address, { messageId: 'm1' })).toMatchObject({ id });
      await expect(give('address', id, { ...address, note: 'other' }, { messageId: 'm1' })).rejects.toThrow(NotWaitingError);
      expect(row.script.of(groupId)).toEqual(['first', 'address']);
      expect((await row.workflows.get(id)).contextVersion).toBe(versions);
    });

    it('D-16 while it is suspended an input is kept, and its step runs after resume()', async () => {
      const { id, groupId } = await row.started(Upload);
      await row.workflows.suspend(id);
      await row.workflows.provideInput(Upload, 'file', id, { path: 'x' });
      expect((await row.workflows.get(id)).status).toBe('suspended');
      expect(row.script.of(groupId)).toEqual([]);
      await row.workflows.resume(id);
      expect((await row.settled(id)).status).toBe('completed');
    });

    it('D-16 an input inside a transaction counts when that commits, and not at all when it does not', async () => {
      const { id } = await row.started(Upload);
      const lost = row.app.dataSource.transaction(async (manager) => {
        await row.workflows.provideInput(Upload, 'file', id, { path: 'lost' }, { manager });
        throw new Error('rolled back');
      });
      await expect(lost).rejects.toThrow('rolled back');
      expect(await row.types(id)).toEqual(['process-started', 'input-required']);
      await row.app.dataSource.transaction((manager) => row.workflows.provideInput(Upload, 'file', id, { path: 'kept' }, { manager }));
      await row.until(id, 'completed');
      expect((await row.workflows.history(id)).find(({ type }) => type === 'message-delivered')).toMatchObject({ message: { path: 'kept' } });
    });
  });

  describe('the list of inputs that are owed', () => {
    it('D-12 names process, step and moment, and what is wanted as a JSON Schema', async () => {
      const { id, groupId } = await row.started(RequestResult);
      const { items, next } = await row.workflows.waitingForInput({ groupId });
      expect(next).toBeNull();
      expect(items).toMatchObject([{ processId: id, groupId, workflow: 'asking', step: 'address', since: expect.any(Date) as unknown, dueAt: null }]);
      expect(items[0]!.schema).toMatchObject({
        type: 'object',
        properties: {
          street: { type: 'string' },
          number: { type: 'integer', minimum: 1 },
          email: { type: 'string', format: 'email' },
          since: { type: 'string', format: 'date-time' },
          home: { type: 'object', properties: { street: { type: 'string' } } },
          former: { type: 'array', items: { type: 'object', properties: { number: { type: 'integer' } } } },
        },
      });
      const { required } = items[0]!.schema as { required: string[] };
      expect(required.toSorted()).toEqual(['email', 'number', 'since', 'street']);
    });

    it('D-12 of a Standard Schema, what that says', async () => {
      const { groupId } = await atAmount();
      const { items } = await row.workflows.waitingForInput({ workflow: RequestResult, step: 'amount', groupId });
      expect(items.map(({ schema }) => schema)).toEqual([
        { type: 'object', properties: { amount: { type: 'number', exclusiveMinimum: 0 } }, required: ['amount'] },
      ]);
    });

    it('D-12 holds what is owed, oldest first, a page at a time, and nothing that was given', async () => {
      const groups = Array.from({ length: 7 }, () => row.group());
      const started: { id: string }[] = [];
      for (const groupId of groups) started.push(await row.started(Insisting, groupId));
      const given = started.splice(3, 1)[0]!;
      row.script.tell(groups[3]!, 'ask', () => 'out');
      await row.workflows.provideInput('insisting', 'ask', given.id, { answer: 'yes' });
      expect((await row.settled(given.id)).status).toBe('completed');
      const found: string[] = [];
      for (let cursor: string | undefined, pages = 0; ; pages++) {
        const page = await row.workflows.waitingForInput({ workflow: 'insisting', step: 'ask', limit: 2, ...(cursor !== undefined && { cursor }) });
        expect(page.items.length).toBeLessThanOrEqual(2);
        found.push(...page.items.map(({ processId }) => processId));
        if (page.next === null) break;
        cursor = page.next;
        expect(pages).toBeLessThan(20);
      }
      expect(found).not.toContain(given.id);
      expect(found.filter((id) => started.some((each) => each.id === id))).toEqual(started.map(({ id }) => id));
      expect(new Set(found).size).toBe(found.length);
    });

    it('D-12 refuses a filter it does not know, and a page that is none', async () => {
      await expect(row.workflows.waitingForInput({ limit: 0 })).rejects.toThrow(InvalidInputError);
      await expect(row.workflows.waitingForInput({ limit: 201 })).rejects.toThrow(InvalidInputError);
      await expect(row.workflows.waitingForInput({ cursor: 'x' })).rejects.toThrow(InvalidInputError);
      await expect(row.workflows.waitingForInput({ stpe: 'ask' } as object)).rejects.toThrow(InvalidInputError);
      expect((await row.workflows.waitingForInput({ workflow: 'line' })).items).toEqual([]);
    });
  });
}
