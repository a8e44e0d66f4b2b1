import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { NotWaitingError, ProcessFinishedError, ProcessNotFoundError } from 'nestjs-argonaut';
import type { DataSource } from 'typeorm';
import { until } from '../support/app.js';
import type { Database } from '../support/databases.js';
import { instancesOf } from '../support/instances.js';
import type { InstanceOptions } from './instance.js';
import { manyApps, onEachDatabase, type Row } from './row.js';
import { DIGRAPHS, type FileDto, Line, Looping, Queued, Script, Upload } from './workflows.js';

const newInstance = await instancesOf(new URL('./instance.ts', import.meta.url));
await onEachDatabase(instances);

function instances(database: Database): void {
  const boot = manyApps(database);
  const telling = { options: { worker: { enabled: false } } };
  /** It may take over as soon as it is there, so it is told before. */
  const bootTold = (tell: (script: Script) => void) => {
    const script = new Script();
    tell(script);
    return boot({ providers: [...DIGRAPHS, { provide: Script, useValue: script }] });
  };

  it('D-1 a new process stands at its start until somebody runs it', async () => {
    const teller = await boot(telling);
    const groupId = teller.group();
    const process = await teller.workflows.start(Line, {}, { groupId });
    expect(process).toMatchObject({ status: 'running', contextVersion: 1, finishedAt: null });
    await teller.app.engine.sweeper.sweep();
    await teller.app.engine.activity.idle();
    expect(await teller.types(process.id)).toEqual(['process-started']);
    expect((await teller.workflows.explain(process.id)).sentence).toContain('can run step "a", and no worker has taken it');
    const worker = await boot();
    expect((await worker.settled(process.id)).status).toBe('completed');
    expect(teller.script.of(groupId)).toEqual([]);
    expect(worker.script.of(groupId)).toEqual(['a', 'b', 'c']);
  });

  it('D-21 settled() of an instance that runs nothing tells of what another runs', async () => {
    const teller = await boot(telling);
    const { id } = await teller.workflows.start(Upload);
    await boot();
    expect((await teller.workflows.settled(id)).status).toBe('waiting');
    await teller.workflows.provideInput(Upload, 'file', id, { path: 'x' });
    expect((await teller.workflows.settled(id)).status).toBe('completed');
  });

  it('D-16 of inputs that two instances bring at the same time exactly one is taken', async () => {
    const [a, b] = [await boot(), await boot()];
    for (let round = 0; round < 8; round++) {
      const groupId = a.group();
      for (const { script } of [a, b]) script.tell(groupId, 'file', (_data, _step, { path }: FileDto) => ({ path }));
      const { id } = await (round % 2 ? a : b).started(Upload, groupId);
      const bring = (row: Row, path: string) => row.workflows.provideInput(Upload, 'file', id, { path }).then(() => path);
      const all = await Promise.allSettled([bring(a, 'a1'), bring(b, 'b1'), bring(a, 'a2'), bring(b, 'b2')]);
      const taken = all.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
      expect(taken).toHaveLength(1);
      for (const each of all) if (each.status === 'rejected') expect([NotWaitingError, ProcessFinishedError]).toContain((each.reason as Error).constructor);
      expect((await a.settled(id)).status).toBe('completed');
      expect((await a.context(id)).path).toBe(taken[0]);
      expect((await a.types(id)).filter((type) => type === 'message-delivered')).toHaveLength(1);
      expect([...a.script.of(groupId), ...b.script.of(groupId)].toSorted()).toEqual(['check', 'file']);
    }
  });

  it('D-16 an input and a cancellation at the same time: both tell the truth', async () => {
    const [a, b] = [await boot(), await boot()];
    for (let round = 0; round < 8; round++) {
      const { id } = await a.started(Upload);
      const [given, cancelled] = await Promise.allSettled([a.workflows.provideInput(Upload, 'file', id, { path: 'x' }), b.workflows.cancel(id)]);
      const { status } = await a.settled(id);
      expect(status).toBe(cancelled.status === 'fulfilled' ? 'cancelled' : 'completed');
      if (status === 'completed') expect(given.status).toBe('fulfilled');
      expect((await a.types(id)).filter((type) => type === 'message-delivered')).toHaveLength(given.status === 'fulfilled' ? 1 : 0);
    }
  });

  it('D-16 the same input under one id, brought by two instances, is one', async () => {
    const [a, b] = [await boot(), await boot()];
    const { id } = await a.started(Upload);
    const bring = (row: Row) => row.workflows.provideInput(Upload, 'file', id, { path: 'x' }, { messageId: 'm1' });
    const all = await Promise.all([bring(a), bring(b), bring(a), bring(b)]);
    expect(new Set(all.map((process) => process.id))).toEqual(new Set([id]));
    expect((await a.settled(id)).status).toBe('completed');
    expect((await a.types(id)).filter((type) => type === 'message-delivered')).toHaveLength(1);
  });

  it('D-16 one that another instance brings just before is known as the same', async () => {
    const [a, b] = [await boot(), await boot()];
    const { id } = await a.started(Upload);
    const bring = (row: Row) => row.workflows.provideInput(Upload, 'file', id, { path: 'x' }, { messageId: 'm1' });
    const { store } = a.app.engine;
    const waitsOf = store.queries.waitsOf.bind(store.queries);
    store.queries.waitsOf = async (of) => {
      store.queries.waitsOf = waitsOf;
      await bring(b);
      return waitsOf(of);
    };
    expect((await bring(a)).id).toBe(id);
    expect((await a.settled(id)).status).toBe('completed');
    expect((await a.types(id)).filter((type) => type === 'message-delivered')).toHaveLength(1);
  });

  describe('deliveries', () => {
    it('D-26 a finished process that everybody looks at again is left alone', async () => {
      const [a, b] = [await boot(), await boot()];
      const { id, groupId } = await a.started(Line);
      const before = await a.everything(id);
      for (const { app } of [a, b, a, b]) {
        await Promise.all([app.engine.runner.look(id), app.engine.sweeper.sweep(), app.engine.runner.look(id)]);
        await app.engine.activity.idle();
      }
      expect(await a.everything(id)).toEqual(before);
      expect([...a.script.of(groupId), ...b.script.of(groupId)]).toEqual(['a', 'b', 'c']);
    });

    it('D-26 a task delivered twice at once, and once more when it is done, runs once', async () => {
      const [a, b] = [await boot(), await boot()];
      const groupId = a.group();
      let open!: () => void;
      const held = new Promise<void>((resolve) => (open = resolve));
      for (const { script } of [a, b]) script.tell(groupId, 'task', () => held);
      const ran = () => [...a.script.of(groupId), ...b.script.of(groupId)];
      const { id } = await a.workflows.start(Queued, {}, { groupId });
      const task = `${id}|0|1|0|work`;
      const deliveries = [a, b, a, b].map(({ app }) => app.engine.tasks.run(task));
      await until(ran, (steps) => steps.length === 1);
      open();
      await Promise.all(deliveries);
      await a.until(id, 'completed');
      const before = await a.everything(id);
      for (const { app } of [a, b]) expect(await app.engine.tasks.run(task)).toEqual({ what: 'gone' });
      expect(await a.everything(id)).toEqual(before);
      expect(ran()).toEqual(['task', 'out']);
      expect(await a.path(id)).toEqual(['task', 'out']);
    });

    it('D-25 a delivery for a process that is not there is left to others, and everything else says that there is none', async () => {
      const row = await boot();
      const nobody = randomUUID();
      expect(await row.app.engine.tasks.run(`${nobody}|0|1|0|work`)).toEqual({ what: 'gone' });
      expect(await row.app.engine.tasks.missed(`${nobody}|0|1|0|work`)).toEqual({ what: 'foreign' });
      const { workflows } = row;
      const calls = await Promise.allSettled([
        workflows.get(nobody),
        workflows.history(nobody),
        workflows.log(nobody),
        workflows.explain(nobody),
        workflows.settled(nobody),
        workflows.retry(nobody),
        workflows.cancel(nobody),
        workflows.restartFrom(nobody, 1),
        workflows.provideInput(Upload, 'file', nobody, { path: 'x' }),
      ]);
      for (const call of calls) expect((call as PromiseRejectedResult).reason).toBeInstanceOf(ProcessNotFoundError);
    });

    it('an id of another workflow is no process of this one', async () => {
      const { workflows } = await boot(telling);
      const { id } = await workflows.start(Line);
      const calls = await Promise.allSettled([workflows.get(Upload, id), workflows.draw(Upload, id)]);
      for (const call of calls) expect((call as PromiseRejectedResult).reason).toBeInstanceOf(ProcessNotFoundError);
      expect((await workflows.get(Line, id)).id).toBe(id);
    });

    it('D-11 two instances that run loops side by side pass each step once', async () => {
      const [a, b] = [await boot(), await boot()];
      const groups = Array.from({ length: 6 }, () => a.group());
      for (const { script } of [a, b])
        for (const groupId of groups) {
          script.tell(groupId, 'work', ({ rounds }: { rounds: number }) => ({ rounds: rounds + 1 }));
          script.tell(groupId, 'enough', ({ rounds }: { rounds: number }) => (rounds < 10 ? 'work' : 'polish'));
          script.tell(groupId, 'polish', () => 'out');
        }
      const all = await Promise.all(groups.map((groupId, i) => (i % 2 ? a : b).workflows.start(Looping, {}, { groupId })));
      for (const { id } of all) {
        await a.until(id, 'completed');
        expect((await b.context(id)).rounds).toBe(10);
        expect(await a.path(id)).toEqual([...Array.from({ length: 10 }, () => ['work', 'enough']).flat(), 'polish', 'out']);
      }
    });
  });

  describe('a worker that dies', () => {
    it('D-27 in the middle of a step: another instance runs that step again, with the input it had', async () => {
      const teller = await boot(telling);
      const groupId = teller.group();
      const dying = await instance({ database: optionsOf(teller.app.dataSource), hangsIn: 'file' });
      const { id } = await teller.workflows.start(Upload, {}, { groupId });
      expect((await teller.settled(id)).status).toBe('waiting');
      await teller.workflows.provideInput(Upload, 'file', id, { path: 'once given' });
      await dying.begins;
      dying.kill();
      expect((await teller.workflows.get(id)).status).toBe('running');
      const heir = await bootTold((script) => script.tell(groupId, 'file', (_data, _step, { path }: FileDto) => ({ path })));
      await heir.until(id, 'completed');
      expect(heir.script.of(groupId)).toEqual(['file', 'check']);
      expect(heir.script.last(groupId, 'file').attempt).toBe(2);
      expect((await heir.context(id)).path).toBe('once given');
      expect(await heir.path(id)).toEqual(['file', 'check']);
      expect(await heir.types(id)).toContain('process-recovered');
    }, 60_000);

    it('D-27 in the middle of a loop: what was completed before is not run again', async () => {
      const teller = await boot(telling);
      const groupId = teller.group();
      const dying = await instance({ database: optionsOf(teller.app.dataSource), hangsIn: 'polish' });
      const { id } = await teller.workflows.start(Looping, {}, { groupId });
      await dying.begins;
      dying.kill();
      const heir = await bootTold((script) => script.tell(groupId, 'polish', () => 'out'));
      await heir.until(id, 'completed');
      expect(heir.script.of(groupId)).toEqual(['polish', 'out']);
      expect(await heir.path(id)).toEqual(['work', 'enough', 'work', 'enough', 'work', 'enough', 'polish', 'out']);
      expect((await heir.context(id)).rounds).toBe(3);
    }, 60_000);
  });
}

/** An instance in a process of its own, which says when the body begins in which it hangs. */
async function instance(options: InstanceOptions) {
  const child = newInstance(options);
  const hears = (word: string) => new Promise<void>((resolve) => child.on('message', (said) => said === word && resolve()));
  const begins = hears('begins');
  const died = new Promise<never>((_, reject) => child.once('exit', (code) => reject(new Error(`The instance ended with ${code} before it was ready.`))));
  await Promise.race([hears('ready'), died]);
  died.catch(() => {});
  return { begins, kill: () => child.kill('SIGKILL') };
}

function optionsOf({ options }: DataSource): InstanceOptions['database'] {
  const { type, url, database } = options as unknown as { type: 'postgres'; url: string; database: string };
  return (type === ('better-sqlite3' as string) ? { type, database, driverName: 'libsql' } : { type, url }) as InstanceOptions['database'];
}
