import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import {
  AuditRecord,
  Clock,
  InvalidWorkflowError,
  SchemaError,
  Step,
  type StepRef,
  Workflow,
  workflowEntities,
  WorkflowModule,
  type WorkflowModuleOptions,
  WorkflowService,
} from '../../lib/index.js';
import { memoryProcessStore, memoryTaskQueue } from '../../lib/testing.js';
import { bootApp, until } from '../support/app.js';
import { type Database, libsqlFile } from '../support/databases.js';

@Injectable()
class Greeter {
  greet(name: string) {
    return `hello ${name}`;
  }
}

class Greeting {
  name = 'world';
  text?: string;
}

@Workflow({ name: 'greeting', context: Greeting })
class GreetingWorkflow {
  constructor(private readonly greeter: Greeter) {}
  @Step() greet(greeting: Greeting) {
    return { text: this.greeter.greet(greeting.name) };
  }
}

@Module({ providers: [GreetingWorkflow, Greeter] })
class GreetingModule {}

const inMemory = { store: memoryProcessStore(), taskQueue: memoryTaskQueue() };
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function greets(imports: any[]): Promise<void> {
  const module = await Test.createTestingModule({ imports: [...imports, GreetingModule] }).compile();
  open.push(await module.init());
  const { id } = await module.get(WorkflowService).start(GreetingWorkflow, { name: 'ada' });
  await module.get(WorkflowService).settled(id);
  expect((await module.get(WorkflowService).get(id)).context).toMatchObject({ text: 'hello ada' });
}

describe('setting it up', () => {
  it('finds workflows in any module, with whatever they inject', () => greets([WorkflowModule.forRoot(inMemory)]));

  it('forRootAsync takes its options from a factory with things injected', async () => {
    class Config {
      readonly heartbeat = '1s';
    }
    @Module({ providers: [Config], exports: [Config] })
    class ConfigModule {}
    await greets([
      WorkflowModule.forRootAsync({
        ...inMemory,
        imports: [ConfigModule],
        inject: [Config],
        useFactory: (config: Config): WorkflowModuleOptions => ({ worker: { heartbeat: config.heartbeat as '1s' } }),
      }),
    ]);
  });

  it('forRootAsync takes a class, made here or existing', async () => {
    @Injectable()
    class Options {
      createWorkflowOptions(): WorkflowModuleOptions {
        return { worker: { heartbeat: '1s' } };
      }
    }
    @Module({ providers: [Options], exports: [Options] })
    class OptionsModule {}
    await greets([WorkflowModule.forRootAsync({ ...inMemory, useClass: Options })]);
    await greets([WorkflowModule.forRootAsync({ ...inMemory, imports: [OptionsModule], useExisting: Options })]);
    expect(() => WorkflowModule.forRootAsync(inMemory)).toThrow('useFactory, useClass or useExisting');
  });

  it('autoLoadEntities finds the tables, and a data source of one name or another', async () => {
    const database = libsqlFile();
    open.push({ close: () => database.drop() });
    const source = (await database.connect()).options as object;
    await greets([TypeOrmModule.forRoot({ ...source, entities: [], autoLoadEntities: true, retryAttempts: 0 }), WorkflowModule.forRoot({ schema: 'migrate' })]);
    await greets([
      TypeOrmModule.forRoot({ ...source, name: 'second', entities: workflowEntities, retryAttempts: 0 }),
      WorkflowModule.forRoot({ dataSource: 'second' }),
    ]);
  });

  it('a missing table is a boot error that names the command to run', async () => {
    const database = libsqlFile();
    open.push({ close: () => database.drop() });
    const source = (await database.connect()).options as object;
    const module = await Test.createTestingModule({ imports: [TypeOrmModule.forRoot({ ...source, retryAttempts: 0 }), WorkflowModule.forRoot()] }).compile();
    const booting = module.init();
    await expect(booting).rejects.toThrow(SchemaError);
    await expect(booting).rejects.toThrow(/workflow_process.*workflowMigrations.*npx typeorm migration:run.*schema: 'migrate'/s);
  });

  it('wrong options are boot errors, all of them at once', async () => {
    const options = { shcema: 'check', worker: { heartbeat: 'soon', concurrency: 0 }, schema: 'maybe' } as unknown as WorkflowModuleOptions;
    const module = await Test.createTestingModule({ imports: [WorkflowModule.forRoot({ ...inMemory, ...options })] }).compile();
    const error = await module.init().catch((each: unknown) => each);
    expect(error).toBeInstanceOf(InvalidWorkflowError);
    expect((error as InvalidWorkflowError).problems).toHaveLength(4);
    expect((error as InvalidWorkflowError).message).toContain('Did you mean "schema"?');
  });

  it('takes a clock of the application', async () => {
    class Monday extends Clock {
      now() {
        return new Date('2026-01-05T00:00:00Z');
      }
    }
    const module = await Test.createTestingModule({ imports: [WorkflowModule.forRoot({ ...inMemory, clock: new Monday() }), GreetingModule] }).compile();
    open.push(await module.init());
    expect((await module.get(WorkflowService).start(GreetingWorkflow)).startedAt).toEqual(new Date('2026-01-05T00:00:00Z'));
  });
});

class Signal<T> {
  resolve!: (value: T) => void;
  readonly promise = new Promise<T>((resolve) => (this.resolve = resolve));
}

/** Says when it runs, and ends when it is told to. */
class Held {
  readonly begun = new Signal<StepRef>();
  readonly mayEnd = new Signal<void>();
}

describe('roles and shutdown', () => {
  let database: Database;
  const workflow = (name: string, body: (step: StepRef) => unknown) => {
    @Workflow({ name })
    class Made {
      @Step() first(_context: object, step: StepRef): any {
        return body(step);
      }
      @Step() second() {}
    }
    return Made;
  };
  const boot = (providers: any[], options: WorkflowModuleOptions = {}) =>
    bootApp(database, 'database', { providers, options: { worker: { sweepInterval: '50ms', heartbeat: '200ms' }, ...options } });

  afterEach(() => database.drop());

  it('an instance that runs nothing starts processes, and another runs them', async () => {
    database = libsqlFile();
    const made = workflow('shared', () => undefined);
    const api = await boot([made], { worker: { enabled: false } });
    open.push(api);
    const { id } = await api.workflows.start(made);
    expect((await api.workflows.settled(id, { timeout: '100ms' })).status).toBe('running');
    const worker = await boot([made]);
    open.push(worker);
    expect((await api.workflows.settled(id, { timeout: '5s' })).status).toBe('completed');
    expect((await api.workflows.history(id)).map(({ type }) => type)).toContain('process-claimed');
  });

  it('a shutdown waits for the body that runs and records it; another instance goes on', async () => {
    database = libsqlFile();
    const held = new Held();
    const made = workflow('held', async (step) => {
      held.begun.resolve(step);
      await held.mayEnd.promise;
    });
    const first = await boot([made]);
    const { id } = await first.workflows.start(made);
    await held.begun.promise;
    const closing = first.close();
    held.mayEnd.resolve();
    await closing;
    const second = await boot([made]);
    open.push(second);
    await until(() => second.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
    const completed = (await second.workflows.history(id)).filter(({ type }) => type === 'step-completed').map(({ step, attempt }) => [step, attempt]);
    expect(completed[0]).toEqual(['first', 1]);
  });

  it('a body that outlasts the shutdown is told by its signal, and runs again elsewhere', async () => {
    database = libsqlFile();
    const held = new Held();
    const made = workflow('stubborn', (step) => {
      if (step.attempt > 1) return undefined;
      held.begun.resolve(step);
      return new Promise((resolve) => step.signal.addEventListener('abort', resolve)).then(() => new Promise(() => {}));
    });
    const first = await boot([made], { worker: { shutdownTimeout: '50ms', heartbeat: '200ms', sweepInterval: '50ms' } });
    const { id } = await first.workflows.start(made);
    const step = await held.begun.promise;
    await first.close();
    expect(step.signal.aborted).toBe(true);
    const second = await boot([made]);
    open.push(second);
    await until(() => second.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
  });

  it('a cancelled process aborts the signal of the body under way, and its outcome counts no more', async () => {
    database = libsqlFile();
    const held = new Held();
    const made = workflow('cancelled', async (step) => {
      held.begun.resolve(step);
      await held.mayEnd.promise;
    });
    const app = await boot([made]);
    open.push(app);
    const { id } = await app.workflows.start(made);
    const step = await held.begun.promise;
    await app.workflows.cancel(id, { reason: 'enough' });
    expect(step.signal.aborted).toBe(true);
    held.mayEnd.resolve();
    await app.engine.activity.idle();
    expect((await app.workflows.history(id)).map(({ type }) => type)).toEqual(['process-started', 'process-cancelled']);
  });

  it('a version this application does not know is left alone, and shown', async () => {
    database = libsqlFile();
    const held = workflow('old', () => new Promise(() => {}));
    const first = await boot([held], { worker: { shutdownTimeout: '20ms', heartbeat: '200ms', sweepInterval: '50ms' } });
    const { id } = await first.workflows.start(held);
    await first.close();
    const second = await boot([workflow('new', () => undefined)]);
    open.push(second);
    await second.engine.sweeper.beat();
    await second.engine.sweeper.sweep();
    expect((await second.workflows.get(id)).status).toBe('running');
    await expect(second.workflows.cancel(id, { compensate: true })).rejects.toMatchObject({ name: 'UnknownWorkflowError', workflow: 'old' });
    await expect(second.workflows.start('old')).rejects.toThrow(/There is no workflow "old"/);
  });

  it('streams audit records as they are committed', async () => {
    database = libsqlFile();
    const made = workflow('streamed', () => undefined);
    const app = await boot([made]);
    open.push(app);
    const seen: string[] = [];
    app.workflows.records.subscribe((record: AuditRecord) => seen.push(record.type));
    const { id } = await app.workflows.start(made);
    await app.workflows.settled(id);
    expect(seen).toEqual(['process-started', 'step-completed', 'step-completed', 'process-completed']);
  });
});
