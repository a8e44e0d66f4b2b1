/** What docs/reference/promises.md says, by its numbers. P9 stands with Bull (test/queue), P13 with real deaths (test/crash). */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Test } from '@nestjs/testing';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditRecord, Clock, Process, ProcessContext, Step, type StepRef, Wait, Workflow } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';

/** A row of the application's own. */
@Entity('payment')
class Payment {
  @PrimaryColumn({ type: 'varchar', length: 100 }) id: string;
  @Column({ type: 'varchar', length: 200 }) step: string;
}

class Box {
  count = 0;
  items: string[] = [];
}

/** What a body is to do, by group id; without a word it does nothing. */
const bodies = new Map<string, (step: StepRef, box: Box) => unknown>();
const body = (step: StepRef, box: Box): any => bodies.get(`${step.groupId} ${step.name}`)?.(step, box);

@Workflow({ name: 'promises', context: Box })
class Promises {
  @Step() one(box: Box, step: StepRef) { return body(step, box); } // prettier-ignore
  @Step({ transactional: true }) pay(box: Box, step: StepRef) { return body(step, box); } // prettier-ignore
  @Step({ request: 'ask' }) answer(box: Box, _reply: unknown, step: StepRef) { return body(step, box); } // prettier-ignore
  ask() {}
}

@Workflow({ name: 'adding', context: Box })
class Adding {
  @Step({ parallel: 'all' }) a(box: Box, step: StepRef) { return add(step, box); } // prettier-ignore
  @Step({ parallel: 'all' }) b(box: Box, step: StepRef) { return add(step, box); } // prettier-ignore
  @Step({ parallel: 'all', queue: 'adding' }) c(box: Box, step: StepRef) { return add(step, box); } // prettier-ignore
  @Step({ parallel: 'all', queue: 'adding' }) d(box: Box, step: StepRef) { return add(step, box); } // prettier-ignore
  @Step({ parallel: 'all', queue: 'adding' }) e(box: Box, step: StepRef) { return add(step, box); } // prettier-ignore
  @Step() joined(box: Box, step: StepRef) { return body(step, box) ?? { items: [...box.items, 'joined'] }; } // prettier-ignore
}

async function add(step: StepRef, _box: Box) {
  await new Promise((resolve) => setImmediate(resolve));
  return { count: (count: number) => count + 1, items: (items: string[]) => [...items, step.name] };
}

for (const cell of matrix().filter(({ queue }) => queue === 'database')) {
  const database = await cell.database();
  describe.skipIf(!isThere(database))(`${cell.name}: ${titleOf(database)}`, () => promises(database));
}

function promises(database: Database): void {
  let app: TestApp;
  beforeAll(async () => {
    app = await bootApp(database, 'database', {
      providers: [Promises, Adding],
      queues: ['adding'],
      entities: [Payment],
      options: { worker: { sweepInterval: '100ms', heartbeat: '300ms' } },
    });
    await app.dataSource.query('create table payment (id varchar(100) primary key, step varchar(200))');
  });
  afterAll(async () => {
    await app?.close();
    await database.drop();
  });

  const rows = (entity: unknown, where: object) => app.dataSource.getRepository(entity as string).countBy(where);
  const settled = (id: string) => app.workflows.settled(id, { timeout: '10s' });
  const recordsOf = async (id: string) => (await app.workflows.history(id)).map(({ type }) => type);
  async function start(workflow: any, behave: Record<string, (step: StepRef, box: Box) => unknown> = {}) {
    const groupId = randomUUID();
    for (const [step, behaviour] of Object.entries(behave)) bodies.set(`${groupId} ${step}`, behaviour);
    const { id } = await app.workflows.start(workflow, {}, { groupId });
    return { id, groupId };
  }

  it('P1 when start() resolves, process, version, first waits and record are there for everybody', async () => {
    const other = await database.connect();
    const { id } = await app.workflows.start(Adding);
    expect(await other.getRepository(Process).countBy({ id })).toBe(1);
    expect(await other.getRepository(ProcessContext).countBy({ processId: id })).toBeGreaterThanOrEqual(1);
    expect(await other.getRepository(AuditRecord).countBy({ processId: id, type: 'process-started' })).toBe(1);
    await until(() => app.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
  });

  it('P2 the database itself refuses a second live process with a group id', async () => {
    const { id } = await start(Promises);
    const processes = app.dataSource.getRepository(Process);
    const row = await processes.findOneByOrFail({ id });
    const second: Process = { ...row, id: randomUUID(), status: 'suspended' }; // running, it would be recovered in the midst of another test
    await expect(processes.insert(second)).rejects.toThrow(/unique|duplicate/i);
    await app.workflows.cancel(id);
    await processes.insert(second); // its group id is free
  });

  it('P3 a completion that comes twice is recorded once', async () => {
    const { id } = await start(Promises);
    await settled(id);
    const { process } = (await app.engine.store.commits.load([{ id, waits: [], messages: [], context: false }]))[0]!;
    const again = { type: 'step-succeeded', key: '0', run: 1, attempt: 1, claim: process.claim, patch: { set: { count: 99 }, remove: [] } } as const;
    expect((await app.engine.writer.apply(id, again))!.change).toBeNull();
    expect((await recordsOf(id)).filter((type) => type === 'step-completed')).toHaveLength(2);
  });

  describe('P4 a transactional step', () => {
    const pays = async (step: StepRef) => {
      await step.manager.insert(Payment, { id: step.processId, step: step.idempotencyKey });
    };

    it('P4 commits what it writes with its completion', async () => {
      const { id } = await start(Promises, { pay: pays });
      await settled(id);
      expect(await rows(Payment, { id })).toBe(1);
      expect(await rows(ProcessContext, { processId: id, step: 'pay' })).toBe(1);
    });

    it('P4 leaves nothing behind when it throws', async () => {
      const { id } = await start(Promises, { pay: async (step) => { await pays(step); throw new Error('no'); } }); // prettier-ignore
      expect((await settled(id)).cause).toBe('pay: Error: no');
      expect(await rows(Payment, { id })).toBe(0);
    });

    it('P4 is decided again, and not run again, when somebody else is faster at the last moment', async () => {
      if (database.name.startsWith('SQLite')) return; // there, one writes at a time: nobody can be faster
      let runs = 0;
      let paying = '';
      const { store } = app.engine;
      const commitWithin = store.commits.commitWithin.bind(store.commits);
      store.commits.commitWithin = async (transaction, change) => {
        if (change.process.id !== paying) return commitWithin(transaction, change);
        store.commits.commitWithin = commitWithin;
        await store.commits.commit([await faster(change.process.id)]);
        return commitWithin(transaction, change);
      };
      const { id } = await start(Promises, { pay: (step) => (runs++, (paying = step.processId), pays(step)) });
      await settled(id);
      expect(runs).toBe(1);
      expect(await rows(Payment, { id })).toBe(1);
      expect((await recordsOf(id)).filter((type) => type === 'step-completed')).toHaveLength(2);
    });

    /** Another instance changes the process: here, with a note. */
    async function faster(id: string) {
      const { process } = (await app.engine.store.commits.load([{ id, waits: [], messages: [], context: false }]))[0]!;
      const revision = process.revision + 1;
      const record = {
        sequence: revision,
        type: 'note' as const,
        step: null,
        run: null,
        attempt: null,
        contextVersion: process.contextVersion,
        actor: 'other',
        reason: null,
        error: null,
        detail: 'first',
        worker: null,
        at: Date.now(),
      };
      return {
        expected: process.revision,
        process: { ...process, revision },
        versions: [],
        records: [record],
        waits: { clear: false, kill: [], delete: [], put: [] },
        messages: [],
        outgoing: [],
      };
    }

    it('P4 says so when step.manager is used without the option', async () => {
      const { id } = await start(Promises, { one: (step) => step.manager });
      expect((await settled(id)).cause).toMatch(/one: Error: Step "one" has no transaction: say @Step\(\{ transactional: true \}\)/);
    });
  });

  it('P5 if a part of a record cannot be written, nothing of it is; it is written when it can', async () => {
    const { id } = await start(Promises);
    await settled(id);
    const before = await rows(ProcessContext, { processId: id });
    const [wait] = (await app.workflows.get(id, { internals: true })).waits;
    await app.dataSource.query('alter table workflow_audit rename to workflow_audit_away');
    const answer = app.workflows.respond(Promises, 'answer', wait!.key!, { ok: true });
    await new Promise((resolve) => setTimeout(resolve, 60)); // it has been tried by now; were it not, the test would prove less, and not fail
    expect(await app.dataSource.getRepository(Process).findOneByOrFail({ id })).toMatchObject({ status: 'waiting' });
    expect(await rows(Wait, { processId: id, kind: 'response' })).toBe(1);
    await app.dataSource.query('alter table workflow_audit_away rename to workflow_audit');
    expect(await answer).toBe('delivered');
    expect((await settled(id)).status).toBe('completed');
    expect(await rows(ProcessContext, { processId: id })).toBe(before + 1);
  });

  it('P6 versions are gap-free, patches of parallel steps add up, and the join fires once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => start(Adding)));
    for (const { id } of all) {
      const { context } = await until(() => app.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
      expect((context as Box).count).toBe(5);
      expect((context as Box).items.slice(0, 5).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect((context as Box).items.slice(5)).toEqual(['joined']);
      const versions = await app.dataSource.getRepository(ProcessContext).find({ where: { processId: id }, order: { version: 'ASC' } });
      expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    }
  });

  it('P7 a worker that lost its process can neither complete nor fail it', async () => {
    for (const ends of [
      () => ({ count: 99 }),
      () => {
        throw new Error('zombie');
      },
    ]) {
      // prettier-ignore
      let runs = 0;
      let wake!: () => void;
      const asleep = new Promise<void>((resolve) => (wake = resolve));
      let begun!: () => void;
      const beginning = new Promise<void>((resolve) => (begun = resolve));
      const sleeper = async () => {
        if (runs++ > 0) return { count: 1 };
        begun();
        await asleep;
        return ends();
      };
      const { id } = await start(Promises, { one: sleeper });
      await beginning;
      const lost = { type: 'worker-lost', worker: app.engine.worker } as const;
      await app.engine.writer.apply(id, lost);
      await until(() => app.workflows.get(id), ({ contextVersion }) => contextVersion >= 2); // prettier-ignore
      const before = await recordsOf(id);
      wake();
      await app.engine.activity.idle();
      expect(((await app.workflows.get(id)).context as Box).count).toBe(1);
      expect((await recordsOf(id)).slice(0, before.length)).toEqual(before);
      expect(await recordsOf(id)).not.toContain('step-failed');
    }
  });

  it('P8 every message has one disposition, and what is delivered is committed when the call returns', async () => {
    const { id } = await start(Promises);
    await settled(id);
    const key = (await app.workflows.get(id, { internals: true })).waits[0]!.key!;
    expect(await app.workflows.respond(Promises, 'answer', `${randomUUID()}.1`, 1)).toBe('stored');
    expect(await app.workflows.respond(Promises, 'answer', key, 1, { messageId: 'm' })).toBe('delivered');
    expect(await recordsOf(id)).toContain('message-delivered');
    expect(await app.workflows.respond(Promises, 'answer', key, 1, { messageId: 'm' })).toBe('duplicate');
    expect(await app.workflows.respond(Promises, 'answer', key, 2, { messageId: 'm' })).toBe('conflict');
    expect(await app.workflows.respond(Promises, 'answer', key, 2, { messageId: 'n' })).toBe('late');
    await settled(id);
    expect((await recordsOf(id)).filter((type) => type.startsWith('message-')).toSorted()).toEqual([
      'message-conflict',
      'message-delivered',
      'message-duplicate',
      'message-late',
    ]);
  });

  it('P11 a step that keeps throwing parks its own process, and the others go on', async () => {
    const bad = await start(Promises, { one: () => { throw new Error('poison'); } }); // prettier-ignore
    const good = await start(Promises);
    expect((await settled(bad.id)).status).toBe('failed');
    expect((await settled(good.id)).status).toBe('waiting');
  });

  it('P14 restarts in place from any version, and what was waited for is dead at once', async () => {
    const { id } = await start(Promises);
    await settled(id);
    const old = (await app.workflows.get(id, { internals: true })).waits[0]!.key!;
    for (const version of [3, 2, 1]) {
      await app.workflows.restartFrom(id, version);
      expect((await settled(id)).status).toBe('waiting');
    }
    expect(await app.workflows.respond(Promises, 'answer', old, 1)).toBe('late');
    expect((await app.workflows.get(id)).waits).toHaveLength(1);
  });
}

describe('P10 P12', () => {
  it('P10 an instance whose clock is a day ahead does things early, and nothing twice', async () => {
    const [cell] = matrix();
    const database = await cell!.database();
    class Ahead extends Clock {
      now() {
        return new Date(Date.now() + 86_400_000);
      }
    }
    const right = await bootApp(database, 'database', {
      providers: [Adding],
      queues: ['adding'],
      options: { worker: { sweepInterval: '50ms', heartbeat: '200ms' } },
    });
    const wrong = await bootApp(database, 'database', {
      providers: [Adding],
      queues: ['adding'],
      options: { worker: { sweepInterval: '50ms', heartbeat: '200ms' }, clock: new Ahead() } as object,
    });
    const all = await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 ? right : wrong).workflows.start(Adding)));
    for (const { id } of all) {
      await until(() => right.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
      expect((await right.workflows.history(id)).filter(({ type }) => type === 'step-completed')).toHaveLength(6);
    }
    await Promise.all([right.close(), wrong.close()]);
    await database.drop();
  });

  it('P12 a process stays on the version it started with, also when a newer one is there', async () => {
    @Workflow({ name: 'deployed', version: 1 })
    class First {
      @Step({ request: 'ask' }) answer(_context: object, _reply: unknown) {}
      ask() {}
      @Step() oldEnd() {}
    }
    @Workflow({ name: 'deployed', version: 2 })
    class Second {
      @Step() newEnd() {}
    }
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [First, Second] }).compile();
    await module.init();
    const harness = module.get(WorkflowHarness);
    const old = await harness.start(First);
    const young = await harness.start('deployed');
    expect(young.path).toEqual(['newEnd']);
    await old.respond('answer', {});
    expect(old.path).toEqual(['answer', 'oldEnd']);
  });
});

describe('P11', () => {
  it('P11 a step that keeps killing its worker is left to a person after seven deaths', async () => {
    @Workflow({ name: 'deadly' })
    class Deadly {
      @Step() die() {}
    }
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [Deadly] }).compile();
    await module.init();
    const harness = module.get(WorkflowHarness);
    for (let i = 0; i < 7; i++) harness.crashIn('die');
    const process = await harness.start(Deadly);
    expect(process.status).toBe('failed');
    expect(process.records.at(-1)!.error).toMatch(/crashed: its worker died 7 times in this step/);
  });
});
