/** What would wedge a process, run it twice or leave somebody waiting: each was so once. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { asked, Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';
import { bodies, body, nobodySweeps, quick, signal } from './support.js';

@Workflow({ name: 'line' })
class Line {
  @Step() one(_context: object, step: StepRef) { return body(step); } // prettier-ignore
  @Step() two(_context: object, step: StepRef) { return body(step); } // prettier-ignore
  @Step({ on: 'told', unsolicited: true }) told() { return { told: true } as any; } // prettier-ignore
}

@Workflow({ name: 'asking' })
class RequestResult {
  @Step({ request: 'ask' }) answer(_context: object, _reply: unknown, step: StepRef) { return body(step); } // prettier-ignore
  ask(_context: object, step: StepRef): any { return bodies.get(`${step.groupId} ask`)?.(step); } // prettier-ignore
}

@Workflow({ name: 'holding' })
class Holding {
  @Step({ transactional: true }) hold(_context: object, step: StepRef) { return body(step); } // prettier-ignore
}

for (const cell of matrix().filter(({ queue }) => queue === 'database')) {
  const database = await cell.database();
  describe.skipIf(!isThere(database))(`${cell.name}: ${titleOf(database)}`, () => attacks(database));
}

function attacks(database: Database): void {
  const apps: TestApp[] = [];
  const gates: (() => void)[] = [];
  async function boot(options: object = nobodySweeps): Promise<TestApp> {
    const app = await bootApp(database, 'database', { providers: [Line, RequestResult, Holding], options });
    apps.push(app);
    return app;
  }
  afterEach(async () => {
    for (const open of gates.splice(0)) open();
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });
  afterAll(() => database.drop());

  /** A process in the middle of its first body, which ends when the test does, or earlier. */
  async function inTheMiddle(app: TestApp, workflow: any = Line, step = 'one') {
    const groupId = randomUUID();
    const [begun, gate] = [signal(), signal()];
    let runs = 0;
    const seen: { signal?: AbortSignal } = {};
    gates.push(gate.happen);
    bodies.set(`${groupId} ${step}`, async (visit) => {
      if (runs++ > 0) return;
      seen.signal = visit.signal;
      begun.happen();
      await gate.happened;
    });
    const { id } = await app.workflows.start(workflow, {}, { groupId });
    await begun.happened;
    return { id, groupId, gate, seen, runs: () => runs };
  }

  describe('two instances', () => {
    it('what one suspended, the one that holds it can resume', async () => {
      const [a, b] = [await boot(), await boot()];
      const { id } = await inTheMiddle(a);
      await b.workflows.suspend(id);
      expect((await a.workflows.resume(id)).status).toBe('running');
    });

    it('what one resumed, the one that holds it can suspend again', async () => {
      const [a, b] = [await boot(), await boot()];
      const { id } = await inTheMiddle(a);
      await a.workflows.suspend(id);
      await b.workflows.resume(id);
      await a.workflows.suspend(id);
      expect((await b.workflows.get(id)).status).toBe('suspended');
    });

    it('what one cancels, the other stops', async () => {
      const [a, b] = [await boot(quick), await boot(quick)];
      const { id, seen } = await inTheMiddle(a);
      await b.workflows.cancel(id);
      expect((await a.workflows.settled(id)).status).toBe('cancelled');
      await until(() => seen.signal!.aborted, Boolean);
    });
  });

  describe('a record that cannot be', () => {
    it.each(['x'.repeat(600), 'a\0b'])('P11 an id of theirs that no row takes fails the step, once', async (correlationId) => {
      const app = await boot(quick);
      const groupId = randomUUID();
      let asks = 0;
      bodies.set(`${groupId} ask`, () => (asks++, asked({ correlationId })));
      const { id } = await app.workflows.start(RequestResult, {}, { groupId });
      expect((await app.workflows.settled(id)).status).toBe('failed');
      expect(asks).toBe(1);
    });

    it('P11 an outcome that the database refuses fails the step with what it said', async () => {
      const app = await boot();
      const groupId = randomUUID();
      const { store } = app.engine;
      const commit = store.commits.commit.bind(store.commits);
      store.commits.commit = async (changes) => {
        const refused = changes.find(({ versions }) => versions.some(({ patch }) => 'refused' in patch));
        return refused ? [{ change: refused, reason: 'refused', error: new Error('too wide') }] : commit(changes);
      };
      bodies.set(`${groupId} one`, () => ({ refused: true }));
      const { id } = await app.workflows.start(Line, {}, { groupId });
      expect((await app.workflows.settled(id)).cause).toBe('one: NotRecorded: Error: too wide');
    });

    it('a note that is no text is one', async () => {
      const app = await boot();
      const groupId = randomUUID();
      bodies.set(`${groupId} one`, (step) => step.note(undefined as unknown as string));
      const { id } = await app.workflows.start(Line, {}, { groupId });
      expect((await app.workflows.settled(id)).status).toBe('completed');
    });
  });

  it('a body that hangs in a life before does not keep an event from its handler', async () => {
    const app = await boot();
    const { id, groupId } = await inTheMiddle(app);
    await app.workflows.emit('told' as string, groupId, {});
    await app.workflows.restartFrom(id, 1);
    expect((await app.workflows.settled(id)).status).toBe('completed');
  });

  it('a look that took long does not run again what has ended meanwhile', async () => {
    const app = await boot();
    const { id, groupId, gate, runs } = await inTheMiddle(app);
    const [second, end] = [signal(), signal()];
    gates.push(end.happen);
    bodies.set(`${groupId} two`, () => (second.happen(), end.happened));
    const { store } = app.engine;
    const load = store.commits.load.bind(store.commits);
    const [read, late] = [signal(), signal()];
    store.commits.load = async (wants) => {
      store.commits.load = load;
      const loaded = await load(wants);
      read.happen();
      await late.happened;
      return loaded;
    };
    const { writer } = app.engine;
    const look = app.engine.runner.look(id);
    await read.happened;
    const [add, told] = [writer.add.bind(writer), signal()];
    writer.add = (...given) => (told.happen(), add(...given));
    gate.happen();
    await told.happened; // its outcome waits for the look to end
    late.happen();
    await look;
    await second.happened;
    end.happen();
    expect((await app.workflows.settled(id)).status).toBe('completed');
    await app.engine.activity.idle();
    expect(runs()).toBe(1);
  });

  describe('start', () => {
    it('whose connection breaks does not take an old process of the id for its own', async () => {
      const app = await boot();
      let runs = 0;
      const groupId = randomUUID();
      bodies.set(`${groupId} one`, () => void runs++);
      const { id } = await app.workflows.start(Line, {}, { groupId });
      await app.workflows.settled(id);
      const { store } = app.engine;
      const commit = store.commits.commit.bind(store.commits);
      store.commits.commit = () => ((store.commits.commit = commit), Promise.reject(new Error('broken')));
      await expect(app.workflows.start(Line, {}, { groupId, id })).rejects.toThrow(/exists already/);
      expect(runs).toBe(1);
    });

    it('whose reply is lost has started, and runs', async () => {
      const app = await boot();
      const { store } = app.engine;
      const commit = store.commits.commit.bind(store.commits);
      store.commits.commit = async (changes) => {
        store.commits.commit = commit;
        await commit(changes);
        throw new Error('broken');
      };
      const { id } = await app.workflows.start(Line);
      expect((await app.workflows.settled(id)).status).toBe('completed');
    });

    it('that is refused leaves nothing in memory', async () => {
      const app = await boot();
      const groupId = randomUUID();
      await app.workflows.start(RequestResult, {}, { groupId });
      for (let i = 0; i < 3; i++) await app.workflows.start(RequestResult, {}, { groupId, ifLive: 'return' });
      await app.engine.activity.idle();
      expect(app.engine.writer.size).toBe(0);
    });
  });

  describe('shutting down', () => {
    it('tells who waits for a commit that does not come', async () => {
      const app = await boot({ worker: { ...nobodySweeps.worker, shutdownTimeout: '10ms' } });
      const { id } = await app.workflows.start(RequestResult);
      await app.workflows.settled(id);
      const tried = signal();
      app.engine.store.commits.commit = () => (tried.happen(), Promise.reject(new Error('down')));
      const call = expect(app.workflows.cancel(id)).rejects.toThrow(/shuts down/);
      await tried.happened;
      await app.stop();
      await call;
      await expect(app.workflows.cancel(id)).rejects.toThrow(/shuts down/);
    });

    it('takes nothing more: what is started then is for the others', async () => {
      const [a, b] = [await boot(), await boot()];
      await a.stop();
      await b.engine.sweeper.beat(); // by now b has forgotten that there was a worker a
      const { id } = await a.workflows.start(Line);
      await b.engine.sweeper.sweep();
      expect((await b.workflows.settled(id)).status).toBe('completed');
    });
  });

  it('P13 what is held by a worker nobody has heard of is taken over', async () => {
    const [a, b] = [await boot(), await boot()];
    const { id } = await inTheMiddle(a);
    // As if it had died before its first heartbeat. It lives, so it may beat in between, and is forgotten again.
    const forgotten = async () => {
      await b.engine.store.maintenance.forgetWorker(a.engine.worker);
      await b.engine.sweeper.beat();
      return b.workflows.get(id);
    };
    expect((await until(forgotten, ({ status }) => status === 'completed')).status).toBe('completed');
    expect((await b.workflows.history(id)).map(({ type }) => type)).toContain('process-recovered');
  });

  const onServer = !database.name.startsWith('SQLite'); // a file has one connection, and no pool
  onServer &&
    it('a heartbeat does not wait in line for a connection', async () => {
      const app = await boot();
      await app.workflows.settled((await app.workflows.start(Line)).id);
      const runners = Array.from({ length: 12 }, () => app.dataSource.createQueryRunner());
      const waiting = runners.map((runner) => runner.connect().catch(() => {})); // more than the pool has
      expect(await app.engine.store.maintenance.beat('somebody')).toBeGreaterThan(0);
      for (const [i, runner] of runners.entries()) await waiting[i]!.then(() => runner.release());
    });
}
