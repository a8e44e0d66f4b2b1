import { Injectable } from '@nestjs/common';
import { type Class, type Digraph, InvalidInputError, InvalidWorkflowError, pause, Step, type StepJson, type StepRef, UnknownStepError, UnknownWorkflowError, Workflow, type WorkflowJson, type WorkflowModuleExtras, type WorkflowModuleOptions } from 'nestjs-argonaut'; // prettier-ignore
import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { Ahead } from '../liteflow/support.js';
import type { Database } from '../support/databases.js';
import { manyApps, onEachDatabase, type Row } from './row.js';
import { Choice, Data, FileDto, Line, Script, traced, Upload } from './workflows.js';

/** The step classes that documents put together. */
@Injectable()
@Step({ input: FileDto })
class AskFile {
  constructor(private readonly script: Script) {}
  run(data: Data, step: StepRef<unknown, unknown, FileDto>) {
    this.script.run(data, step, step.message);
    return { path: step.message.path };
  }
}

@Injectable()
@Step()
class IsJson {
  run({ path = '' }: Data): any { return path.endsWith('.json') ? 0 : 1; } // prettier-ignore
}

@Injectable()
@Step()
class Handle {
  constructor(private readonly script: Script) {}
  run(data: Data, step: StepRef): any { return this.script.run(data, step); } // prettier-ignore
}

/** django-wfe's example, as data: a file is asked for, and one of two branches handles it. */
function upload(name: string, more: Partial<WorkflowJson> = {}): WorkflowJson {
  return {
    name,
    context: 'Data',
    flow: { start: ['AskFile'], AskFile: ['IsJson'], IsJson: ['json', 'other'], json: ['check'], other: ['check'] },
    steps: [{ name: 'AskFile' }, { name: 'IsJson' }, { name: 'json', use: 'Handle' }, { name: 'other', use: 'Handle' }, { name: 'check', use: 'Handle' }],
    ...more,
  } as WorkflowJson;
}

/** The same without its decision. */
function plainer(name: string, more: Partial<WorkflowJson> = {}): WorkflowJson {
  return upload(name, { flow: { start: ['AskFile'], AskFile: ['check'] }, steps: [{ name: 'AskFile' }, { name: 'check', use: 'Handle' }], ...more } as Partial<WorkflowJson>); // prettier-ignore
}

/** Under a name of its own: what boot says depends on the versions that other tests have left in the table. */
@Workflow({ name: 'edited', context: Data })
class UploadToEdit extends Upload {}

/** Another graph under the same name and version. */
@Workflow({ name: 'edited', context: Data })
class EditedUpload {
  flow: Digraph<EditedUpload> = { start: ['file'], file: ['check', 'reject'] };
  @Step({ input: FileDto }) file(_data: Data, _input: FileDto): any { return 'check'; } // prettier-ignore
  @Step() check(_data: Data) {}
  @Step() reject(_data: Data) {}
}

/** It asks for something else, at another step. */
@Workflow({ name: 'upload', version: 2, context: Data })
class SecondUpload {
  flow: Digraph<SecondUpload> = { start: ['file'], file: ['choose'] };
  @Step() file(_data: Data) {}
  @Step({ input: Choice }) choose(_data: Data, { answer }: Choice) { return { path: answer }; } // prettier-ignore
}

@Injectable()
@Step()
class Flaky {
  run(data: Data, { name, attempt }: StepRef) {
    if (attempt === 1) throw new Error('not yet');
    return traced(data, name);
  }
}

@Injectable()
@Step()
class Nap {
  run() {}
}

const STEPS = [Script, AskFile, IsJson, Handle];

await onEachDatabase(definitions);

function definitions(database: Database): void {
  const bootAny = manyApps(database);
  /** Each database has one table of definitions, so each test has names of its own. */
  let names = 0;
  const newName = () => `data-${++names}`;
  const boot = (providers: Class[] = STEPS, extras: WorkflowModuleExtras & WorkflowModuleOptions = {}) => bootAny({ providers, options: { contexts: [Data], ...extras } as WorkflowModuleOptions }); // prettier-ignore
  const known = (row: Row, name: string) => until(() => answerOf(() => row.workflows.draw(name)), (answer) => typeof answer === 'string'); // prettier-ignore
  const unknown = (row: Row, name: string) => until(() => answerOf(() => row.workflows.draw(name)), (answer) => answer instanceof UnknownWorkflowError); // prettier-ignore

  describe('what nobody knows', () => {
    it('D-22 an unknown workflow, or version of one, is not found, and nothing is started', async () => {
      const row = await boot([Script, Line]);
      const groupId = row.group();
      const refused = row.workflows.start('lien', {}, { groupId });
      await expect(refused).rejects.toThrow(UnknownWorkflowError);
      await expect(refused).rejects.toMatchObject({ status: 404, workflow: 'lien', message: expect.stringContaining('Did you mean "line"?') as unknown });
      await expect(row.workflows.start('line', {}, { groupId, version: 7 })).rejects.toThrow(/version 7. Known versions: 1/);
      expect((await row.workflows.find({ groupId })).items).toEqual([]);
    });
  });

  describe('code that goes and comes back', () => {
    it('D-23 D-24 a process that waits stays as it is, is shown, and goes on when its workflow is back', async () => {
      const before = await boot([Script, Upload, Line]);
      const { id, groupId } = await before.started(Upload);
      const all = await before.everything(id);
      await before.app.close();

      const without = await boot([Script, Line]);
      expect((await without.workflows.find({ groupId, status: 'waiting' })).items.map((process) => process.id)).toEqual([id]);
      expect(await without.workflows.get(id)).toMatchObject({ status: 'waiting', context: { trace: [], rounds: 0 }, waits: [{ kind: 'input', step: 'file', schema: null }] }); // prettier-ignore
      const { sentence, remedies } = await without.workflows.explain(id);
      expect(sentence).toMatch(/stands still here: this application does not know this version of its workflow/);
      expect(remedies.join()).toMatch(/deploy version 1 of "upload" again/);
      expect((await without.workflows.waitingForInput({ groupId })).items).toMatchObject([{ processId: id, step: 'file', schema: null }]);
      await expect(without.workflows.start('upload')).rejects.toThrow(UnknownWorkflowError);
      await expect(without.workflows.provideInput('upload', 'file', id, { path: 'x' })).rejects.toThrow(UnknownWorkflowError);
      for (const call of [() => without.workflows.cancel(id, { compensate: true }), () => without.workflows.resume(id)])
        await expect(call()).rejects.toThrow(UnknownWorkflowError);
      await without.app.engine.sweeper.sweep();
      expect((await without.started(Line)).process.status).toBe('completed');
      await without.app.close();

      const after = await boot([Script, Upload, Line]);
      expect(await after.everything(id)).toEqual(all);
      expect((await after.workflows.explain(id)).sentence).toMatch(/waits in step "file"/);
      await after.workflows.provideInput(Upload, 'file', id, { path: 'x' });
      expect((await after.settled(id)).status).toBe('completed');
    });

    it('D-23 D-24 one that was in the middle of a step is left alone by who does not know it, and taken up by who does', async () => {
      const before = await boot([Script, Line, Upload]);
      const groupId = before.group();
      before.script.tell(groupId, 'b', () => new Promise(() => {}));
      const { id } = await before.workflows.start(Line, {}, { groupId });
      await until(() => before.script.of(groupId), (steps) => steps.includes('b')); // prettier-ignore
      await before.app.close();

      const without = await boot([Script, Upload]);
      const stands = await without.everything(id);
      await without.app.engine.sweeper.sweep();
      await without.app.engine.runner.look(id);
      await without.app.engine.activity.idle();
      expect(await without.everything(id)).toEqual(stands);
      expect((await without.workflows.get(id)).status).toBe('running');
      expect((await without.workflows.explain(id)).sentence).toMatch(/stands still here/);

      const after = await boot([Script, Line, Upload]);
      await after.until(id, 'completed');
      expect(after.script.of(groupId)).toEqual(['b', 'c']);
      expect(without.script.of(groupId)).toEqual([]);
      expect(await after.path(id)).toEqual(['a', 'b', 'c']);
    });

    it('D-23 another graph under the same version is refused at boot as long as somebody is on the way through the old one', async () => {
      const before = await boot([Script, UploadToEdit]);
      await before.started(UploadToEdit);
      await before.app.close();
      await expect(boot([Script, EditedUpload])).rejects.toThrow(InvalidWorkflowError);
      await expect(boot([Script, EditedUpload])).rejects.toThrow(/live process.* another graph of version 1. Raise the version to 2/);
    });

    it('D-24 a process is given what its own version asks for, beside a newer one', async () => {
      const row = await boot([Script, Upload, SecondUpload]);
      const [old, young] = [await row.workflows.start(Upload), await row.workflows.start('upload')];
      expect([old.workflowVersion, young.workflowVersion]).toEqual([1, 2]);
      for (const { id } of [old, young]) expect((await row.settled(id)).status).toBe('waiting');
      await expect(row.workflows.provideInput('upload', 'file', old.id, { answer: 'yes' })).rejects.toThrow(/path must be a string/);
      await expect(row.workflows.provideInput('upload', 'choose', old.id, { answer: 'yes' })).rejects.toThrow(UnknownStepError);
      await expect(row.workflows.provideInput('upload', 'file', young.id, { path: 'x' })).rejects.toThrow(UnknownStepError);
      await row.workflows.provideInput('upload', 'file', old.id, { path: 'x' });
      await row.workflows.provideInput('upload', 'choose', young.id, { answer: 'yes' });
      for (const { id } of [old, young]) await row.until(id, 'completed');
      expect(await row.path(old.id)).toEqual(['file', 'check']);
      expect(await row.path(young.id)).toEqual(['file', 'choose']);
    });
  });

  describe('data that comes and goes at run time', () => {
    it('D-24 a workflow defined on one instance is known by all, and runs on each', async () => {
      const [a, b] = [await boot(), await boot()];
      const name = newName();
      await expect(a.workflows.start(name)).rejects.toThrow(UnknownWorkflowError);
      await a.workflows.define(upload(name));
      await known(b, name);
      for (const [row, path, branch] of [
        [a, 'x.json', 'json'],
        [b, 'x.txt', 'other'],
      ] as const) {
        const { id, process } = await row.started(name);
        expect(process).toMatchObject({ status: 'waiting', workflowVersion: 1 });
        expect((await row.workflows.waitingForInput({ workflow: name })).items[0]).toMatchObject({ schema: { required: ['path'] } });
        await expect(row.workflows.provideInput(name, 'AskFile', id, { path: 7 })).rejects.toThrow(InvalidInputError);
        await row.workflows.provideInput(name, AskFile, id, { path });
        expect((await row.settled(id)).cause).toBeNull();
        expect(await row.path(id)).toEqual(['AskFile', 'IsJson', branch, 'check']);
      }
    });

    it('D-24 it is there after a restart too', async () => {
      const before = await boot();
      const name = newName();
      await before.workflows.define(upload(name));
      const { id } = await before.started(name);
      await before.app.close();
      const after = await boot();
      await after.workflows.provideInput(name, 'AskFile', id, { path: 'x.json' });
      expect((await after.settled(id)).status).toBe('completed');
      expect((await after.started(name)).process.status).toBe('waiting');
    });

    it('D-22 D-23 D-24 what is withdrawn is started by nobody, its processes stand still and are shown, and go on when it is back', async () => {
      const [a, b] = [await boot(), await boot()];
      const name = newName();
      await a.workflows.define(upload(name));
      await known(b, name);
      const { id } = await a.started(name);
      const all = await a.everything(id);
      await a.workflows.withdraw(name);
      await unknown(b, name);
      for (const row of [a, b]) {
        const groupId = row.group();
        await expect(row.workflows.start(name, {}, { groupId })).rejects.toThrow(/It was withdrawn: define\(\) its document to bring it back/);
        expect((await row.workflows.find({ groupId })).items).toEqual([]);
        expect(() => row.workflows.draw(name)).toThrow(UnknownWorkflowError);
        await expect(row.workflows.provideInput(name, 'AskFile', id, { path: 'x' })).rejects.toThrow(UnknownWorkflowError);
        expect((await row.workflows.find({ workflow: name })).items.map((process) => [process.id, process.status])).toEqual([[id, 'waiting']]);
        expect((await row.workflows.explain(id)).sentence).toMatch(/stands still: this version of its workflow was withdrawn/);
        expect((await row.workflows.explain(id)).remedies).toContain('define() its document again');
      }
      const third = await boot();
      await expect(third.workflows.start(name)).rejects.toThrow(/It was withdrawn/);

      await b.workflows.define(upload(name));
      await known(a, name);
      expect(await a.everything(id)).toEqual(all);
      await a.workflows.provideInput(name, 'AskFile', id, { path: 'x.json' });
      await b.until(id, 'completed');
      expect((await a.started(name)).process).toMatchObject({ status: 'waiting', workflowVersion: 1 });
    });

    it('D-23 a process that is running when its workflow is withdrawn stops at a step, and goes on later', async () => {
      const row = await boot();
      const name = newName();
      await row.workflows.define(plainer(name));
      const groupId = row.group();
      row.script.tell(groupId, 'check', () => pause('until it is gone'));
      const { id } = await row.started(name, groupId);
      await row.workflows.provideInput(name, 'AskFile', id, { path: 'x' });
      expect((await row.settled(id)).status).toBe('suspended');
      await row.workflows.withdraw(name);
      await expect(row.workflows.resume(id)).rejects.toThrow(UnknownWorkflowError);
      expect((await row.workflows.get(id)).status).toBe('suspended');
      await row.workflows.define(plainer(name));
      row.script.tell(groupId, 'check', () => ({}));
      await row.workflows.resume(id);
      expect((await row.settled(id)).status).toBe('completed');
    });

    it('D-24 a new graph gets the next version; whoever was started before goes on as it was', async () => {
      const [a, b] = [await boot(), await boot()];
      const name = newName();
      await a.workflows.define(upload(name));
      const old = await a.started(name);
      await a.workflows.define(plainer(name));
      await until(() => answerOf(() => b.workflows.draw(name)), (drawn) => typeof drawn === 'string' && !drawn.includes('IsJson')); // prettier-ignore
      const young = await b.started(name);
      expect([old.process.workflowVersion, young.process.workflowVersion]).toEqual([1, 2]);
      for (const { id } of [old, young]) {
        await b.workflows.provideInput(name, 'AskFile', id, { path: 'x.json' });
        await b.until(id, 'completed');
      }
      expect(await a.path(old.id)).toEqual(['AskFile', 'IsJson', 'json', 'check']);
      expect(await a.path(young.id)).toEqual(['AskFile', 'check']);
    });

    it('D-24 the version that a process needs is not replaced', async () => {
      const row = await boot();
      const name = newName();
      await row.workflows.define(upload(name, { version: 1 }));
      const { id } = await row.started(name);
      await expect(row.workflows.define(plainer(name, { version: 1 }))).rejects.toThrow(InvalidWorkflowError);
      await row.workflows.provideInput(name, 'AskFile', id, { path: 'x.json' });
      await row.until(id, 'completed');
      await row.workflows.define(plainer(name, { version: 1 }));
      expect(row.workflows.draw(name)).not.toContain('IsJson');
    });

    it('D-22 what is wrong is refused with all its problems, and changes nothing', async () => {
      const row = await boot();
      const name = newName();
      const wrong = upload(name, { flow: { start: ['AskFile'], AskFile: ['IsJsno'], IsJson: ['json'] } } as Partial<WorkflowJson>);
      const refused = row.workflows.define(wrong);
      await expect(refused).rejects.toThrow(InvalidWorkflowError);
      await expect(refused).rejects.toThrow(/IsJsno.*Did you mean "IsJson"/);
      await expect(row.workflows.start(name)).rejects.toThrow(UnknownWorkflowError);
      await expect(row.workflows.withdraw(name)).rejects.toThrow(UnknownWorkflowError);
    });
  });

  describe('what falls due while it is away', () => {
    const HOUR = 3_600_000;
    const everything = [...STEPS, Flaky, Nap];
    const ABSENCES: [string, (row: Row, name: string) => Promise<Row>, (row: Row, document: WorkflowJson) => Promise<Row>][] = [
      ['withdrawn', async (row, name) => (await row.workflows.withdraw(name), row), async (row, document) => (await row.workflows.define(document), row)],
      ['unknown to the only instance', (row) => again(row, [Script, Nap]), (row) => again(row, everything)],
    ];
    const clock = new Ahead();
    /** It looks around when it is told to. */
    const bootSlow = (providers: Class[]) => boot(providers, { clock, worker: { sweepInterval: '1h' } });
    /** The next instance comes when this one has gone. */
    const again = async (row: Row, providers: Class[]) => {
      await row.app.close();
      return bootSlow(providers);
    };

    describe.each(ABSENCES)('D-23 its workflow being %s', (_absence, leave, comeBack) => {
      it.each<[string, Omit<StepJson, 'name'>, string[]]>([
        ['a task of a queue', { use: 'Handle', queue: 'work', after: '1h' }, ['it', 'check']],
        ['a timer', { use: 'Handle', after: '1h' }, ['it', 'check']],
        ['a retry', { use: 'Flaky', retry: { attempts: 2, delay: '1h' } }, ['it', 'check']],
        ['a retry in a queue', { use: 'Flaky', queue: 'work', retry: { attempts: 2, delay: '1h' } }, ['it', 'check']],
        ['the end of a child', { use: 'Handle', child: 'CHILD' }, ['it', 'check']],
        ['the end of its patience', { use: 'Handle', on: 'never', within: '1h', required: false }, ['check']],
      ])('D-23 D-24 %s comes to nothing by it, is not lost, and counts when it is back', async (_what, step, path) => {
        const name = newName();
        const nap = `${name}-nap`;
        const it = { name: 'it', ...step, ...(step.child && { child: nap }) };
        const document = { name, context: 'Data', steps: [it, { name: 'check', use: 'Handle' }] } as WorkflowJson;
        const before = await bootSlow(everything);
        await before.workflows.define({ name: nap, steps: [{ name: 'nap', use: 'Nap', queue: 'work', after: '1h' }] });
        await before.workflows.define(document);
        const { id } = await before.workflows.start(name);
        const tries = step.retry === undefined ? 1 : 2;
        await until(() => before.workflows.get(id), ({ waits: [wait] }) => wait?.attempt === tries); // prettier-ignore
        await before.workflows.start(nap); // it shows when the moment has come
        const naps = step.child === undefined ? 1 : 2;
        await until(() => before.workflows.find({ workflow: nap, status: 'waiting' }), ({ items }) => items.length === naps); // prettier-ignore
        await before.app.engine.activity.idle();

        const without = await leave(before, name);
        const stands = await without.everything(id);
        clock.by(2 * HOUR);
        await without.app.engine.sweeper.sweep();
        await until(() => without.workflows.find({ workflow: nap, status: 'completed' }), ({ items }) => items.length === naps); // prettier-ignore
        await without.app.engine.sweeper.sweep();
        await without.app.engine.runner.look(id);
        await without.app.engine.activity.idle();
        expect(await without.everything(id)).toEqual(stands);

        const after = await comeBack(without, document);
        await after.app.engine.sweeper.sweep();
        await after.until(id, 'completed');
        expect(await after.path(id)).toEqual(path);
        expect(await after.trace(id)).toEqual(path);
        expect(await after.types(id)).not.toContain('process-failed');
      });
    });
  });

  describe('many that define', () => {
    it('D-28 one document, defined by many instances at once, is one version', async () => {
      const [a, b] = [await boot(), await boot()];
      const name = newName();
      await Promise.all([a, b, a, b, a, b].map((row) => row.workflows.define(upload(name))));
      for (const row of [a, b]) expect((await row.started(name)).process.workflowVersion).toBe(1);
    });

    it('D-28 two documents under one name, defined at once, are two versions', async () => {
      const [a, b] = [await boot(), await boot()];
      const name = newName();
      await Promise.all([a.workflows.define(upload(name)), b.workflows.define(plainer(name))]);
      for (const row of [a, b])
        await until(async () => (await row.workflows.start(name)).workflowVersion, (version) => version === 2); // prettier-ignore
      expect((await a.workflows.start(name, {}, { version: 1 })).workflowVersion).toBe(1);
    });

    it('D-28 many instances that bring the same workflows boot at once, and after one that failed to', async () => {
      const name = newName();
      const setup = { workflows: [upload(name)] };
      await expect(boot([Script], setup)).rejects.toThrow(InvalidWorkflowError); // it has no step classes
      const rows = await Promise.all([boot(STEPS, setup), boot(STEPS, setup), boot(STEPS, setup)]);
      for (const row of rows) expect((await row.started(name)).process).toMatchObject({ status: 'waiting', workflowVersion: 1 });
    });

    it('D-28 one that dies while it defines keeps nobody from it', async () => {
      const [a, b] = [await boot(), await boot()];
      const name = newName();
      const { store } = a.app.engine;
      store.maintenance.keepDefinition = () => new Promise(() => {}); // it never comes back
      void a.workflows.define(upload(name));
      await b.workflows.define(upload(name));
      expect((await b.started(name)).process.status).toBe('waiting');
      await known(a, name);
    });
  });
}

function answerOf(ask: () => unknown): unknown {
  try {
    return ask();
  } catch (error) {
    return error;
  }
}
