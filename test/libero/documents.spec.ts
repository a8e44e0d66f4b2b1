/** Workflows as data: how they come in, what becomes of their processes when they are edited, and what is refused. */
import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InvalidInputError, InvalidWorkflowError, Step, type StepRef, UnknownWorkflowError, Workflow, type WorkflowJson } from 'nestjs-argonaut';
import { type TestApp, until } from '../support/app.js';
import { type PendingWork, type Bench, defined, documentOf, DUMMY, Journal, lookedAt, onEachDatabase, unique } from './row.js';

@Step()
class Gone {
  constructor(private readonly journal: Journal) {}
  run(context: object, step: StepRef) {
    return this.journal.run(context, step);
  }
}

@Workflow({ name: 'of-code' })
class OfCode {
  @Step() only() {}
}

const PROVIDERS = [OfCode];
const folder = mkdtempSync(join(tmpdir(), 'argonaut-documents-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const wait = { name: 'wait', on: 'go-on' };

await onEachDatabase({ providers: PROVIDERS }, documents);

function documents(bench: Bench): void {
  const problemsOf = async (given: unknown): Promise<string[]> => {
    const error: unknown = await bench.workflows.define(given as WorkflowJson).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidWorkflowError);
    return (error as InvalidWorkflowError).problems;
  };
  const stored = async (name: string) => (await bench.app.engine.store.maintenance.definitions()).filter((row) => row.name === name);
  const versions = async (name: string) => (await stored(name)).map(({ version }) => version).sort((a, b) => a - b);
  const isUnknown = (app: TestApp, name: string) => until(() => drawn(app, name), (drawing) => drawing === null); // prettier-ignore
  const knows = (app: TestApp, name: string, step: string) => until(() => drawn(app, name), (drawing) => drawing?.includes(step) ?? false); // prettier-ignore
  const goOn = async (app: TestApp, id: string) => {
    await app.workflows.emit('go-on', (await app.workflows.get(id)).groupId, {});
    return app.workflows.settled(id, { timeout: '10s' });
  };
  async function withInstance<T>(setup: Parameters<Bench['instance']>[0], use: (app: Awaited<ReturnType<Bench['instance']>>) => Promise<T>): Promise<T> {
    const app = await bench.instance(setup);
    try {
      return await use(app);
    } finally {
      await app.close();
    }
  }

  describe('a step class that is not there', () => {
    it('B-19 define() refuses the document, naming the place in it, and nothing is stored', async () => {
      const { name } = DUMMY;
      expect(await problemsOf(DUMMY)).toEqual([
        `workflow "${name}": activities[0] (DoSomethingActivity): there is no step class "DoSomethingActivity". Put @Step() on it, and add it to the providers of a module.`,
        `workflow "${name}": activities[1] (DoAnotherThingActivity): there is no step class "DoAnotherThingActivity". Put @Step() on it, and add it to the providers of a module.`,
      ]);
      expect(await stored(name)).toEqual([]);
      await expect(bench.workflows.start(name)).rejects.toThrow(UnknownWorkflowError);
    });

    it('B-19 at boot it is an error, for an object and for a file, which is named', async () => {
      const document = documentOf([{ name: 'Gone', use: 'Gone' }]);
      const file = write(`${document.name}.json`, document);
      const boots = (given: object | string) => bench.instance({ options: { workflows: [given] } });
      await expect(boots(document)).rejects.toThrow(`workflow "${document.name}": activities[0] (Gone): there is no step class "Gone".`);
      await expect(boots(file)).rejects.toThrow(`${document.name}.json: activities[0] (Gone): there is no step class "Gone".`);
      expect(await stored(document.name)).toEqual([]);
    });

    it('B-19 gone after a process has begun: the process stays and is shown, and goes on when the class is back', async () => {
      const document = documentOf([wait, { name: 'Gone', use: 'Gone' }]);
      const groupId = unique('g');
      const id = await withInstance({ providers: [...PROVIDERS, Gone] }, async (app) => {
        await app.workflows.define(document);
        return (await app.workflows.settled((await app.workflows.start(document.name, { a: 1 }, { groupId })).id, { timeout: '10s' })).id;
      });
      const types = await bench.types(id);
      await lookedAt(bench);
      expect(await bench.workflows.get(id)).toMatchObject({ status: 'waiting', context: { a: 1 }, waits: [{ step: 'wait', kind: 'event' }] });
      expect((await bench.workflows.find({ groupId })).items).toMatchObject([{ id, status: 'waiting' }]);
      const { sentence, remedies } = await bench.workflows.explain(id);
      expect(sentence).toMatch(/stands still here: this application does not know this version of its workflow/);
      expect(remedies.join()).toContain(`deploy version 1 of "${document.name}" again`);
      await expect(bench.workflows.start(document.name)).rejects.toThrow(UnknownWorkflowError);
      expect(await bench.types(id)).toEqual(types);
      await withInstance({ providers: [...PROVIDERS, Gone] }, async (app) => {
        expect((await goOn(app, id)).status).toBe('completed');
        expect(app.journal.names(groupId)).toEqual(['wait', 'Gone']);
      });
    });
  });

  describe('a document that is edited', () => {
    it('B-27 as a file between two boots: what was begun goes on with the old, what is begun with the new', async () => {
      const { name, ...document } = documentOf([wait, 'a']);
      const file = write(`${name}.json`, { name, ...document });
      const old = await withInstance({ options: { workflows: [file] } }, async (app) => {
        const { id } = await app.workflows.start(name);
        return app.workflows.settled(id, { timeout: '10s' });
      });
      write(`${name}.json`, { ...documentOf([wait, 'b', 'c']), name });
      await withInstance({ options: { workflows: [file] } }, async (app) => {
        const { id, workflowVersion } = await app.workflows.start(name);
        expect([old.workflowVersion, workflowVersion]).toEqual([1, 2]);
        await app.workflows.settled(id, { timeout: '10s' });
        expect([(await goOn(app, old.id)).status, (await goOn(app, id)).status]).toEqual(['completed', 'completed']);
        expect([await bench.steps(old.id), await bench.steps(id)]).toEqual([['wait', 'a'], ['wait', 'b', 'c']]); // prettier-ignore
      });
      await withInstance({ options: { workflows: [file] } }, () => Promise.resolve()); // the same again is no news
      expect(await versions(name)).toEqual([1, 2]);
    });

    it('B-27 a file that states its version does not boot with another graph as long as processes are on their way', async () => {
      const first = { ...documentOf([wait, 'a']), version: 1 };
      const edited = { ...documentOf([wait, 'b']), name: first.name, version: 1 };
      const file = write(`${first.name}.json`, first);
      const setup = { options: { workflows: [file] } };
      const id = await withInstance(setup, async (app) => {
        const started = await app.workflows.start(first.name);
        return (await app.workflows.settled(started.id, { timeout: '10s' })).id;
      });
      write(`${first.name}.json`, edited);
      await expect(bench.instance(setup)).rejects.toThrow(/1 live process was started with another graph of version 1. Raise the version to 2, so that it goes on with what was begun./); // prettier-ignore
      write(`${first.name}.json`, { ...edited, version: 2 });
      await withInstance(setup, async (app) => {
        expect((await app.workflows.start(first.name)).workflowVersion).toBe(2);
        expect((await goOn(app, id)).status).toBe('completed');
        expect(await bench.steps(id)).toEqual(['wait', 'a']);
      });
      write(`${first.name}.json`, edited); // nobody is on the way through version 1 any more
      await withInstance(setup, async (app) => {
        const { id: again } = await app.workflows.start(first.name, {}, { version: 1 });
        await app.workflows.settled(again, { timeout: '10s' });
        await goOn(app, again);
        expect(await bench.steps(again)).toEqual(['wait', 'b']);
      });
    });

    it('B-27 by define() without a version: another graph or other settings are the next version, the same is the same', async () => {
      const name = unique();
      const define = (activities: PendingWork[], more: Partial<WorkflowJson> = {}) => bench.workflows.define({ ...documentOf(activities, more), name });
      const started = async () => (await bench.run(name)).process;
      const seen = (groupId: string) => bench.journal.of(groupId).map(({ step }) => step);
      await define([wait, 'a']);
      const one = await started();
      await define([wait, 'a']);
      const same = await started();
      await define([wait, 'b']);
      const two = await started();
      await define([wait, { name: 'b', config: { colour: 'red' } }]);
      const three = await started();
      await define([wait, 'a']);
      const four = await started();
      expect([one, same, two, three, four].map(({ workflowVersion }) => workflowVersion)).toEqual([1, 1, 2, 3, 4]);
      for (const { id } of [one, same, two, three, four]) expect((await goOn(bench.app, id)).status).toBe('completed');
      expect([one, same, two, three, four].map(({ groupId }) => seen(groupId).at(-1))).toEqual(['a', 'a', 'b', 'b', 'a']);
    });

    it('B-27 the settings and names that a process began with stay its own', async () => {
      const name = unique();
      const configs: unknown[] = [];
      const look = (_context: unknown, step: StepRef) => void configs.push(step.config);
      const document = (colour: string) => ({ ...documentOf([wait, { name: 'a', config: { colour } }], { config: { shop: colour } }), name });
      await bench.workflows.define(document('red'));
      const { id } = await bench.run(name, {}, { a: look });
      await bench.workflows.define(document('blue'));
      const { id: later } = await bench.run(name, {}, { a: look });
      await goOn(bench.app, id);
      await goOn(bench.app, later);
      expect(configs).toEqual([{ shop: 'red', colour: 'red' }, { shop: 'blue', colour: 'blue' }]); // prettier-ignore
    });

    it('B-27 by define() with a version: refused while processes are on their way, and nothing is changed; then it is replaced', async () => {
      const first = { ...documentOf([wait, 'a']), version: 3 };
      const edited = { ...documentOf([wait, 'b']), name: first.name, version: 3 };
      await bench.workflows.define(first);
      const { id } = await bench.run(first.name);
      const before = await stored(first.name);
      expect(await problemsOf(edited)).toEqual([
        `workflow "${first.name}": 1 live process was started with another graph of version 3. Raise the version to 4, so that it goes on with what was begun. On a database for development, forRoot({ development: true }) cancels what was begun.`,
      ]);
      expect(await stored(first.name)).toEqual(before);
      await bench.workflows.define(first); // the same is no news
      expect((await goOn(bench.app, id)).status).toBe('completed');
      expect(await bench.steps(id)).toEqual(['wait', 'a']);
      await bench.workflows.define(edited);
      const { id: next, process } = await bench.run(first.name);
      await goOn(bench.app, next);
      expect([process.workflowVersion, await bench.steps(next)]).toEqual([3, ['wait', 'b']]);
    });

    it('B-27 other instances learn of it within a sweep, start it, and run what they are told', async () => {
      await withInstance({}, async (other) => {
        const name = await defined(bench, [wait, 'a']);
        await knows(other, name, 'a');
        const { id } = await other.workflows.start(name);
        await other.workflows.settled(id, { timeout: '10s' });
        await other.workflows.define({ ...documentOf([wait, 'edited']), name });
        await knows(bench.app, name, 'edited');
        expect((await bench.workflows.start(name)).workflowVersion).toBe(2);
        expect((await goOn(other, id)).status).toBe('completed');
        expect(await bench.steps(id)).toEqual(['wait', 'a']); // either instance may run what follows the event
      });
    });

    it('B-27 of several that define it at once each has its own version, and all agree which is which', async () => {
      await withInstance({}, async (other) => {
        const name = unique();
        const apps = [bench.app, other];
        const edits = ['a', 'b', 'c', 'd'];
        await Promise.all(edits.map((step, i) => apps[i % 2]!.workflows.define({ ...documentOf([step]), name })));
        expect(await versions(name)).toEqual([1, 2, 3, 4]);
        for (const app of apps) await until(() => app.engine.registry.all().filter(({ definition }) => definition.name === name), (all) => all.length === 4); // prettier-ignore
        const ran = await Promise.all(apps.map((app) => Promise.all([1, 2, 3, 4].map((version) => runOf(app, name, version)))));
        expect(ran[0]).toEqual(ran[1]);
        expect(ran[0]!.flat().toSorted(byName)).toEqual(edits);
      });
    });

    it('B-27 of several that define the same at once there is one version', async () => {
      await withInstance({}, async (other) => {
        const document = documentOf(['a']);
        await Promise.all([bench.app, other, bench.app, other].map((app) => app.workflows.define(document)));
        expect(await versions(document.name)).toEqual([1]);
      });
    });

    it('B-27 withdrawn it starts nothing anywhere, and what was begun stands still; returned it goes on', async () => {
      await withInstance({}, async (other) => {
        const document = documentOf([wait, 'a']);
        await bench.workflows.define(document);
        const { id } = await bench.run(document.name);
        await knows(other, document.name, 'a');
        await bench.workflows.withdraw(document.name);
        await isUnknown(other, document.name);
        for (const { workflows } of [bench.app, other]) {
          await expect(workflows.start(document.name)).rejects.toThrow('It was withdrawn: define() its document to bring it back.');
          expect((await workflows.explain(id)).sentence).toMatch(/stands still: this version of its workflow was withdrawn/);
        }
        expect((await bench.workflows.get(id)).status).toBe('waiting');
        await other.workflows.define(document);
        await knows(bench.app, document.name, 'a');
        expect((await goOn(bench.app, id)).status).toBe('completed');
        expect((await bench.workflows.start(document.name)).workflowVersion).toBe(1);
      });
    });

    it('B-27 withdrawn it stays so over a boot that brings it; code cannot be withdrawn, nor what there is not', async () => {
      const document = documentOf(['a']);
      await bench.workflows.define(document);
      await bench.workflows.withdraw(document.name);
      await withInstance({ options: { workflows: [document] } }, async (app) => {
        await expect(app.workflows.start(document.name)).rejects.toThrow(/It was withdrawn/);
      });
      await expect(bench.workflows.withdraw('of-code')).rejects.toThrow(InvalidInputError);
      await expect(bench.workflows.withdraw(unique())).rejects.toThrow(UnknownWorkflowError);
      expect((await problemsOf({ ...document, name: 'of-code', version: 1 })).join()).toMatch(/"of-code" version 1 is code: give the document another name or version/); // prettier-ignore
    });
  });
}

const byName = (a: string | null, b: string | null) => String(a).localeCompare(String(b));

function write(name: string, document: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document));
  return path;
}

function drawn(app: TestApp, name: string): string | null {
  try {
    return app.workflows.draw(name);
  } catch {
    return null;
  }
}

async function runOf(app: TestApp, name: string, version: number): Promise<(string | null)[]> {
  const { id } = await app.workflows.start(name, {}, { version });
  await app.workflows.settled(id, { timeout: '10s' });
  return (await app.workflows.history(id)).filter(({ type }) => type === 'step-completed').map(({ step }) => step);
}
