/** Definitions that come, change and go: in code, in documents, and on other instances. */
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { afterEach, expect, it, vi } from 'vitest';
import {
  InvalidInputError,
  InvalidWorkflowError,
  NotAllowedError,
  Step,
  UnknownWorkflowError,
  Workflow,
  type DocumentRequest,
  type WorkflowJson,
} from '../../lib/index.js';
import { type TestApp, until } from '../support/app.js';
import { onTwoDatabases } from '../support/two-databases.js';

@Step()
class Collect {
  run() {
    return { collected: true };
  }
}
@Step({ on: 'parcel.here' })
class Await {
  run() {}
}
@Step()
class Deliver {
  run() {
    return { delivered: true };
  }
}

const short: WorkflowJson = { name: 'parcel', steps: [{ name: 'Collect' }, { name: 'Await' }] };
const long: WorkflowJson = { name: 'parcel', steps: [{ name: 'Collect' }, { name: 'Await' }, { name: 'Deliver' }] };

@Workflow({ name: 'code' })
class Before {
  @Step({ on: 'go' }) go() {}
}
@Workflow({ name: 'code' })
class Changed {
  @Step({ on: 'go' }) go() {}
  @Step() more() {}
}

/** Stands in a container and inside a forEach, which the next graph does not have. */
@Workflow({ name: 'parent' })
class Parent {
  @Step({ forEach: () => [1, 2, 3], concurrency: 1, on: 'never' }) each() {}
  @Step({ child: Before, parallel: 'both' }) one() {}
  @Step({ on: 'go', parallel: 'both' }) two() {}
}
@Workflow({ name: 'parent' })
class ChangedParent {
  @Step({ on: 'go' }) only() {}
}

onTwoDatabases('definitions', { providers: [Collect, Await, Deliver] }, ({ boot, stop }) => {
  afterEach(() => void vi.restoreAllMocks());

  const learn = ({ engine }: TestApp) => engine.definitions.learn().then(() => engine.sweeper.sweep());
  const ended = ({ workflows }: TestApp, id: string) => until(() => workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore

  it('a document runs as soon as it is defined, and on the other instance when that has looked', async () => {
    const [one, two] = [await boot(), await boot()];
    await one.workflows.define(short);
    await expect(two.workflows.start('parcel')).rejects.toThrow(UnknownWorkflowError);
    await learn(two);
    const { id } = await two.workflows.start('parcel');
    await two.workflows.settled(id);
    await one.workflows.emit('parcel.here', id, {});
    expect((await ended(one, id)).context).toMatchObject({ collected: true });
  });

  it('it is there after a restart, and what waits in it goes on', async () => {
    const first = await boot();
    await first.workflows.define(short);
    const { id } = await first.workflows.start('parcel');
    await first.workflows.settled(id);
    await stop();
    const second = await boot();
    await second.workflows.emit('parcel.here', id, {});
    await ended(second, id);
  });

  it('all that is wrong with a document is said at once, and where', async () => {
    const { workflows, engine } = await boot();
    const wrong = { name: 'wrong', steps: [{ name: 'Colect' }, { name: 'Await', retry: 0 }] } as WorkflowJson;
    const refused = await workflows.define(wrong).catch((error: InvalidWorkflowError) => error);
    expect(refused).toBeInstanceOf(InvalidWorkflowError);
    expect((refused as InvalidWorkflowError).problems.join('\n')).toMatch(/steps\[1\]/);
    expect((refused as InvalidWorkflowError).getStatus(), 'whoever gave it is told').toBe(400);
    expect(await engine.store.maintenance.definitions()).toEqual([]);
  });

  it('`documents.mayDefine` decides who defines, withdraws and starts with a new document; of what is known, it is not asked', async () => {
    const asked: DocumentRequest[] = [];
    const mayDefine = (request: DocumentRequest) => asked.push(request) > 0 && Promise.resolve(request.actor === 'ann');
    const { workflows, engine } = await boot({ options: { documents: { mayDefine }, workflows: [{ ...short, name: 'of the module' }] } });
    for (const refused of [workflows.define(short), workflows.define(short, { actor: 'bob' }), workflows.start(short), workflows.withdraw('of the module')])
      await expect(refused).rejects.toBeInstanceOf(NotAllowedError);
    expect((await engine.store.maintenance.definitions()).map(({ name }) => name)).toEqual(['of the module']);
    await workflows.define(short, { actor: 'ann' });
    const before = asked.length;
    await workflows.start(short, {}, { actor: 'bob' });
    expect(asked).toHaveLength(before);
    await workflows.withdraw('parcel', { actor: 'ann' });
    expect(asked.at(0)).toEqual({ workflow: 'parcel', document: short });
    expect(asked.at(-1)).toEqual({ workflow: 'parcel', document: null, actor: 'ann' });
  });

  it('a document over a limit is refused before `mayDefine` is asked, and the limits are options', async () => {
    const mayDefine = vi.fn(() => true);
    const { workflows } = await boot({ options: { documents: { steps: 2, mayDefine } } });
    for (const call of [workflows.define(long), workflows.start(long)])
      await expect(call).rejects.toMatchObject({ status: 400, problems: ['it has 3 steps; at most 2 are taken (documents.steps).'] });
    await expect(workflows.define({ name: { toString: 1 } } as never)).rejects.toBeInstanceOf(InvalidWorkflowError);
    expect(mayDefine).toHaveBeenCalledOnce();
    await expect(boot({ options: { documents: { step: 2, bytes: 0, mayDefine: 'ann' } as never } })).rejects.toThrow(
      /documents\.mayDefine is not a function\.[^]*no option "documents\.step"\. Did you mean "steps"\?[^]*documents\.bytes 0 is not a whole number from 1/,
    );
  });

  it('B-27 another graph without a version is the next version; what was started goes on with its own', async () => {
    const app = await boot({ options: { workflows: [short] } });
    const old = await app.workflows.start('parcel');
    await app.workflows.settled(old.id);
    await stop();
    const next = await boot({ options: { workflows: [long] } });
    const young = await next.workflows.start('parcel');
    expect([old.workflowVersion, young.workflowVersion]).toEqual([1, 2]);
    await next.workflows.settled(young.id);
    for (const { id } of [old, young]) await next.workflows.emit('parcel.here', id, {});
    expect((await ended(next, old.id)).context).not.toHaveProperty('delivered');
    expect((await ended(next, young.id)).context).toMatchObject({ delivered: true });
  });

  it('the same document again changes nothing', async () => {
    const { workflows, engine } = await boot({ options: { workflows: [short] } });
    await workflows.define(short);
    expect((await engine.store.maintenance.definitions()).map(({ version }) => version)).toEqual([1]);
  });

  it('code with another graph and the same version does not boot while live processes need it, and says what to do', async () => {
    const app = await boot({ providers: [Before] });
    const { id } = await app.workflows.start(Before);
    await app.workflows.settled(id);
    await stop();
    const refused = boot({ providers: [Changed] });
    await expect(refused).rejects.toThrow(InvalidWorkflowError);
    await expect(refused).rejects.toThrow('1 live process was started with another graph of version 1. Raise the version to 2');
    const back = await boot({ providers: [Before] });
    await back.workflows.emit('go', id, {});
    await ended(back, id);
    await stop();
    await boot({ providers: [Changed] });
  });

  it('in development, what was begun under another graph of code is cancelled, and a line says so', async () => {
    const app = await boot({ providers: [Before, Parent] });
    const ids = [(await app.workflows.start(Before)).id, (await app.workflows.start(Before)).id];
    const parent = await app.workflows.start(Parent);
    for (const id of [...ids, parent.id]) await app.workflows.settled(id);
    await app.workflows.suspend(ids[0]!);
    await stop();
    const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const next = await boot({ providers: [Changed, ChangedParent], options: { development: true } });
    expect(warned.mock.calls.map(([text]) => String(text)).filter((text) => text.includes('(development)'))).toEqual([
      '"code" version 1 has another graph than before: 2 live processes were cancelled (development).',
      '"parent" version 1 has another graph than before: 1 live process was cancelled (development).',
    ]);
    for (const id of [...ids, parent.id]) expect(await next.workflows.get(id)).toMatchObject({ status: 'cancelled', context: {} });
    expect((await next.workflows.history(ids[1]!)).at(-1)).toMatchObject({ type: 'process-cancelled', reason: expect.stringContaining('graph') as string });
    const { id } = await next.workflows.start(Changed);
    await next.workflows.settled(id);
    await next.workflows.emit('go', id, {});
    await ended(next, id);
  });

  it('in development, so it is with a document that states its version, and what fits goes on', async () => {
    const { workflows } = await boot({ options: { development: true } });
    await workflows.define({ ...short, version: 4 });
    const { id } = await workflows.start('parcel');
    await workflows.settled(id);
    await workflows.define({ ...short, version: 4 });
    expect((await workflows.get(id)).status).toBe('waiting');
    await workflows.define({ ...long, version: 4 });
    expect((await workflows.get(id)).status).toBe('cancelled');
    expect((await workflows.start('parcel')).workflowVersion).toBe(4);
  });

  it.each(['withdraw', 'define'] as const)('%s while this instance looks at the table is not undone by what it read before', async (call) => {
    const { workflows, engine } = await boot();
    await workflows.define(short);
    if (call === 'define') await workflows.withdraw('parcel');
    const { store, definitions } = engine;
    const read = store.maintenance.definitions.bind(store.maintenance);
    store.maintenance.definitions = async (since) => {
      store.maintenance.definitions = read;
      const rows = await read(since);
      await (call === 'define' ? workflows.define(short) : workflows.withdraw('parcel'));
      return rows;
    };
    await definitions.learn();
    expect(engine.registry.find('parcel', 1) !== undefined).toBe(call === 'define');
  });

  it('so does a document that states its version, whoever defines it', async () => {
    const { workflows } = await boot();
    await workflows.define({ ...short, version: 4 });
    const { id } = await workflows.start('parcel');
    await workflows.settled(id);
    await expect(workflows.define({ ...long, version: 4 })).rejects.toThrow('Raise the version to 5');
    await workflows.define({ ...long, version: 5 });
    expect((await workflows.start('parcel')).workflowVersion).toBe(5);
    await expect(workflows.define({ ...long, version: 4 })).rejects.toThrow('Raise the version to 6'); // 5 is taken
  });

  it('two that define at the same time agree: one of them is the next version', async () => {
    const [one, two] = [await boot(), await boot()];
    await Promise.all([one.workflows.define(short), two.workflows.define(long)]);
    await Promise.all([learn(one), learn(two)]);
    const rows = await one.engine.store.maintenance.definitions();
    expect(new Set(rows.map(({ version }) => version))).toEqual(new Set([1, 2]));
    for (const { engine } of [one, two]) expect([1, 2].map((version) => engine.registry.find('parcel', version) !== undefined)).toEqual([true, true]);
  });

  it('D-22 D-24 what is withdrawn starts nothing and stands still, on all instances, until it is defined again', async () => {
    const [one, two] = [await boot(), await boot()];
    await one.workflows.define(short);
    await learn(two);
    const { id } = await two.workflows.start('parcel');
    await two.workflows.settled(id);
    await one.workflows.withdraw('parcel');
    await learn(two);
    for (const { workflows } of [one, two]) await expect(workflows.start('parcel')).rejects.toThrow('It was withdrawn: define()');
    await two.workflows.emit('parcel.here', id, {});
    await learn(two);
    expect((await two.workflows.explain(id)).sentence).toContain('was withdrawn');
    await two.workflows.define(short);
    await learn(one);
    await one.workflows.emit('parcel.here', id, {});
    await ended(one, id);
  });

  it('what runs without its definition can be stopped and ended all the same, and undone only with it', async () => {
    const { workflows, dataSource } = await boot();
    await workflows.define(short);
    const ids = [(await workflows.start('parcel')).id, (await workflows.start('parcel')).id];
    for (const id of ids) await workflows.settled(id);
    await workflows.withdraw('parcel');
    expect((await workflows.suspend(ids[0]!, { actor: 'ada' })).status).toBe('suspended');
    await expect(workflows.resume(ids[0]!)).rejects.toThrow(UnknownWorkflowError);
    await expect(workflows.cancel(ids[0]!, { compensate: true })).rejects.toThrow(UnknownWorkflowError);
    expect((await workflows.cancel(ids[0]!, { actor: 'ada', reason: 'it is gone' })).status).toBe('cancelled');
    await dataSource.transaction((manager) => workflows.cancel(ids[1]!, { manager }));
    expect(await workflows.get(ids[1]!)).toMatchObject({ status: 'cancelled', waits: [] });
  });

  it('it stays withdrawn over a restart, also where the options still have it', async () => {
    const app = await boot({ options: { workflows: [short] } });
    await app.workflows.withdraw('parcel');
    await stop();
    const next = await boot({ options: { workflows: [short] } });
    await expect(next.workflows.start('parcel')).rejects.toThrow('withdrawn');
    await next.workflows.define(short);
    await next.workflows.start('parcel');
  });

  it('code is not withdrawn, nor what is not there', async () => {
    const { workflows } = await boot({ providers: [Before] });
    await expect(workflows.withdraw('code')).rejects.toThrow(InvalidInputError);
    await expect(workflows.withdraw('nothing')).rejects.toThrow(UnknownWorkflowError);
  });

  it('D-23 what an instance cannot run it leaves alone, and says so', async () => {
    const app = await boot();
    await app.workflows.define(short);
    const { id } = await app.workflows.start('parcel');
    await app.workflows.settled(id);
    await stop();
    const warned = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const other = await boot({ providers: [Collect] });
    const said = warned.mock.calls.flat().join('\n');
    expect(said).toContain('"parcel" version 1 cannot run here');
    expect(said).toContain('1 live process of "parcel" version 1');
    await other.engine.sweeper.sweep();
    expect((await other.workflows.explain(id)).remedies.join()).toContain('deploy version 1 of "parcel" again');
    expect((await other.workflows.get(id)).status).toBe('waiting');
  });
});
