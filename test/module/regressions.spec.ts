/** What went wrong once, found by reading, attacking or documenting the engine. */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { Transform } from 'class-transformer';
import { again, InvalidInputError, Process, Step, type StepRef, Workflow, WorkflowService } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';
import { type AppSetup, bootApp, type TestApp, until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';

let database: Database;
const apps: TestApp[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  await database?.drop();
});

/** No heartbeat and no sweep comes to the rescue. */
async function boot(setup: AppSetup): Promise<TestApp> {
  const app = await bootApp((database ??= libsqlFile()), 'database', { options: { worker: { heartbeat: '1h', sweepInterval: '1h' } }, ...setup });
  apps.push(app);
  return app;
}

describe('nothing waits for the next sweep', () => {
  it('a process goes on at once after a transactional step', async () => {
    @Workflow({ name: 'two' })
    class Two {
      @Step({ transactional: true }) first() {}
      @Step() second() {}
    }
    database = libsqlFile();
    const app = await boot({ providers: [Two] });
    const { id } = await app.workflows.start(Two);
    expect((await app.workflows.settled(id, { timeout: '5s' })).status).toBe('completed');
  });

  it('a process started, or told, inside a transaction goes on at once after the commit', async () => {
    @Workflow({ name: 'inside' })
    class Inside {
      @Step({ request: 'ask' }) answer(_context: object, _reply: unknown) {}
      ask() {}
      @Step() last() {}
    }
    database = libsqlFile();
    const app = await boot({ providers: [Inside] });
    const { id } = await app.dataSource.transaction((manager) => app.workflows.start(Inside, {}, { manager }));
    const waits = await until(async () => (await app.workflows.get(id, { internals: true })).waits, (all) => all.length === 1); // prettier-ignore
    await app.dataSource.transaction((manager) => app.workflows.respond(Inside, 'answer', waits[0]!.key!, {}, { manager }));
    await until(() => app.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
  });

  it('all that a dead worker held is taken over at once, however much it is', async () => {
    let hold = true;
    @Workflow({ name: 'many' })
    class Many {
      @Step() only() {
        return hold ? new Promise<void>(() => {}) : undefined;
      }
    }
    database = libsqlFile();
    const dead = await boot({ providers: [Many], options: { worker: { heartbeat: '1h', sweepInterval: '1h', shutdownTimeout: '10ms' } } });
    const all = await Promise.all(Array.from({ length: 450 }, () => dead.workflows.start(Many)));
    await apps.pop()!.close();
    hold = false;
    const heir = await boot({ providers: [Many] });
    await heir.engine.sweeper.recover(Date.now());
    for (const { id } of all) await until(() => heir.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
  });
});

describe('events', () => {
  @Workflow({ name: 'hearing-twice' })
  class Twice {
    @Step({ on: 'ping' }) hear(_context: object, _ping: unknown, step: StepRef) {
      return step.state ? undefined : again({ state: 'heard one' });
    }
  }

  it('a stored event is brought once to a process that waits for the next one', async () => {
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [Twice] }).compile();
    await module.init();
    const harness = module.get(WorkflowHarness);
    const process = await harness.start(Twice, {}, { groupId: 'g' });
    await harness.emit('ping', 'g', 1);
    const records = process.records.length;
    for (let i = 0; i < 3; i++) await harness.settle();
    expect(process.records).toHaveLength(records);
    await harness.emit('ping', 'g', 2);
    expect(process.status).toBe('completed');
  });

  it('an event reaches the process this application knows, beside one of a version it does not', async () => {
    const workflow = (name: string, version: number) => {
      @Workflow({ name, version })
      class Made {
        @Step({ request: 'ask' }) answer(_context: object, _reply: unknown) {}
        ask() {}
        @Step({ on: 'ping', unsolicited: true }) hear(_context: object, _ping: unknown) {}
      }
      return Made;
    };
    database = libsqlFile();
    const groupId = randomUUID();
    const [known, old, young] = [workflow('b', 1), workflow('a', 1), workflow('a', 2)];
    const before = await boot({ providers: [old] });
    const { id: unknown } = await before.workflows.start(old, {}, { groupId });
    await before.workflows.settled(unknown);
    await apps.pop()!.close();
    const app = await boot({ providers: [known, young] });
    const { id } = await app.workflows.start(known, {}, { groupId });
    await app.workflows.settled(id);
    expect(await app.workflows.emit('ping', groupId, {})).toEqual([{ processId: id, disposition: 'delivered' }]);
  });
});

describe('parallel steps', () => {
  it('of two plain values for one key the last commit wins, and the record says so', async () => {
    class Box {
      value = '';
      count = 0;
    }
    const all = { first: () => {}, second: () => {} };
    const turn = (name: 'first' | 'second') => new Promise<void>((resolve) => (all[name] = resolve));
    @Workflow({ name: 'both', context: Box })
    class Both {
      @Step({ parallel: 'both' }) async a(_box: Box) {
        await turn('first');
        return { value: 'a', count: (count: number) => count + 1 };
      }
      @Step({ parallel: 'both' }) async b(_box: Box) {
        await turn('second');
        return { value: 'b', count: (count: number) => count + 1 };
      }
    }
    database = libsqlFile();
    const app = await boot({ providers: [Both] });
    const { id } = await app.workflows.start(Both);
    all.first();
    await until(() => app.workflows.get(id), ({ contextVersion }) => contextVersion === 2); // prettier-ignore
    all.second();
    await until(() => app.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
    expect((await app.workflows.get(id)).context).toEqual({ value: 'b', count: 2 });
    const completed = (await app.workflows.history(id)).filter(({ type }) => type === 'step-completed');
    expect(completed.map(({ step, detail }) => [step, detail])).toEqual([['a', null], ['b', 'overwrote value']]); // prettier-ignore
  });
});

describe('restartFrom', () => {
  it('decides by the values it restarts from: completeWhen, when, after', async () => {
    class Box {
      closed = false;
      ok = false;
      wait = 1000;
    }
    @Workflow({ name: 'again', context: Box, completeWhen: 'closed' })
    class Again {
      @Step() open(_box: Box) {}
      @Step({ when: 'ok' }) gated(_box: Box) {}
      @Step({ after: (box: Box) => box.wait }) later(_box: Box) {}
      @Step({ on: 'set', unsolicited: true }) set(_box: Box, patch: Partial<Box>) {
        return patch;
      }
    }
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [Again] }).compile();
    await module.init();
    const [harness, workflows] = [module.get(WorkflowHarness), module.get(WorkflowService)];
    const process = await harness.start(Again, {}, { groupId: 'g' });
    expect(process.waitingFor).toEqual(['gated']);
    await harness.emit('set', 'g', { ok: true, wait: 60_000 });
    expect(process.waitingFor).toEqual(['later']);
    await harness.emit('set', 'g', { closed: true });
    expect(process.status).toBe('completed');
    await workflows.restartFrom(process.id, 2); // nothing was closed then, nor allowed
    await harness.settle();
    expect(process).toMatchObject({ status: 'waiting', waitingFor: ['gated'] });
    await harness.emit('set', 'g', { ok: true });
    const [wait] = (await workflows.get(process.id)).waits;
    expect(wait!.dueAt!.getTime() - harness.now().getTime()).toBe(1000);
  });
});

describe('an answer that its class cannot read any more', () => {
  it('fails its step like any other error, once', async () => {
    let broken = false;
    class Reply {
      @Transform(({ value }) => { if (broken) throw new Error('cannot read'); return value as unknown; }) value: unknown; // prettier-ignore
    }
    @Workflow({ name: 'reading' })
    class Reading {
      @Step({ request: 'ask', response: Reply }) answer(_context: object, _reply: Reply) {}
      ask() {}
    }
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [Reading] }).compile();
    await module.init();
    const [harness, workflows] = [module.get(WorkflowHarness), module.get(WorkflowService)];
    const process = await harness.start(Reading);
    await workflows.suspend(process.id);
    await process.respond('answer', { value: 1 });
    broken = true; // a deploy in between
    await workflows.resume(process.id);
    await harness.settle();
    expect(process.status).toBe('failed');
    expect(process.records.at(-1)!.error).toBe('Error: cannot read');
  });
});

describe('bad input', () => {
  class Strict {
    @Transform(({ value }) => BigInt(value as string), { toClassOnly: true })
    @Transform(({ value }) => String(value), { toPlainOnly: true })
    cents: unknown = '0';
  }
  @Workflow({ name: 'strict', context: Strict })
  class StrictWorkflow {
    @Step() only(_strict: Strict) {}
  }

  it('a transformation that throws is a typed error; so is what no filter, option or workflow is', async () => {
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [StrictWorkflow] }).compile();
    await module.init();
    const workflows = module.get(WorkflowService);
    await expect(workflows.start(StrictWorkflow, { cents: 'seven' })).rejects.toThrow(InvalidInputError);
    await expect(workflows.start(undefined as never)).rejects.toThrow(/Do imports go in a circle\?/);
    await expect(workflows.start(StrictWorkflow, {}, { groupID: 'x' } as object)).rejects.toThrow(/there is no "groupID". Did you mean "groupId"\?/);
    await expect(workflows.start(StrictWorkflow, {}, { ifLive: 'retrun' as 'return' })).rejects.toThrow(InvalidInputError);
    await expect(workflows.find({ status: 'foo' as 'failed' })).rejects.toThrow(InvalidInputError);
    await expect(workflows.find({ state: 'failed' } as object)).rejects.toThrow(InvalidInputError);
    await expect(workflows.find({ startedBefore: '2026-01-01' as unknown as Date })).rejects.toThrow(InvalidInputError);
  });
});

describe('within', () => {
  it('ends an attempt whose body runs too long; the next has all of the time again', async () => {
    let signal: AbortSignal | undefined;
    @Workflow({ name: 'slow' })
    class Slow {
      @Step({ within: '1 minute', retry: 2 }) only(_context: object, step: StepRef) {
        signal = step.signal;
        return new Promise<void>(() => {});
      }
    }
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [Slow] }).compile();
    await module.init();
    const harness = module.get(WorkflowHarness);
    const process = await harness.start(Slow, {});
    await harness.advance('1 minute');
    expect(process.status).toBe('running');
    expect(signal!.aborted).toBe(false);
    await harness.advance('1 minute');
    expect(process.status).toBe('failed');
    expect(process.records.at(-1)!.error).toBe('Error: the visit took longer than its within');
    expect(signal!.aborted).toBe(true);
  });

  it('a step cannot be static', () => {
    expect(() => {
      class Static {
        @(Step() as any) static only() {}
      }
      return Static;
    }).toThrow('a step is a method of the provider, so it cannot be static');
  });
});

describe('poison', () => {
  it('P11 a row that cannot be read stops nobody else', async () => {
    @Workflow({ name: 'timed' })
    class Timed {
      @Step({ after: 1 }) only() {}
    }
    database = libsqlFile();
    const app = await boot({ providers: [Timed], options: { worker: { enabled: false } } });
    const [bad, good] = await Promise.all([app.workflows.start(Timed), app.workflows.start(Timed)]);
    await app.dataSource.query(`update workflow_process set tokens = '{broken' where id = '${bad.id}'`);
    await apps.pop()!.close();
    const worker = await boot({ providers: [Timed] });
    await worker.engine.sweeper.sweep();
    await until(() => worker.workflows.get(good.id), ({ status }) => status === 'completed'); // prettier-ignore
    expect(await worker.dataSource.getRepository(Process).countBy({ id: bad.id })).toBe(1);
  });

  it('a completeWhen that throws suspends its process with the reason', async () => {
    class Box {
      list?: string[];
    }
    @Workflow<Box>({ name: 'throwing', context: Box, completeWhen: (box) => box.list!.length > 3 })
    class Throwing {
      @Step() first(_box: Box) {}
      @Step() second(_box: Box) {}
    }
    const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers: [Throwing] }).compile();
    await module.init();
    const process = await module.get(WorkflowHarness).start(Throwing);
    expect(process.status).toBe('suspended');
    expect(process.records.at(-1)!.error).toMatch(/completeWhen threw: Cannot read properties of undefined/);
  });
});
