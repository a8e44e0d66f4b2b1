/** A whole application in a test, by the means of Nest: `overrideModule`. */
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import { afterEach, expect, it } from 'vitest';
import { Clock, databaseTaskQueue, done, Step, type StepRef, Workflow, WorkflowModule, WorkflowService } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

class Trial {
  ended = false;
  limit = '';
}

@Workflow({ name: 'trial', context: Trial })
class TrialWorkflow {
  @Step({ after: '30 days', transactional: true })
  async expire(_trial: Trial, step: StepRef) {
    await step.manager.query('select 1');
    return { ended: true };
  }

  @Step({ queue: 'mail' })
  tell() {
    return done();
  }
}

@Injectable()
class Trials {
  constructor(
    private readonly workflows: WorkflowService,
    readonly clock: Clock,
  ) {}
  begin() {
    return this.workflows.start(TrialWorkflow);
  }
}

@Module({ providers: [TrialWorkflow, Trials] })
class TrialsModule {}

function application(workflows = WorkflowModule.forRoot({ taskQueue: databaseTaskQueue({ queues: ['mail'] }), worker: { enabled: false } })) {
  const database = { type: 'better-sqlite3' as const, database: ':memory:', driver: libsql as unknown, autoLoadEntities: true };
  @Module({ imports: [TypeOrmModule.forRoot(database), workflows, TrialsModule] })
  class AppModule {}
  return Test.createTestingModule({ imports: [AppModule] });
}

let close = async () => {};
afterEach(() => close());

async function boot(builder: TestingModuleBuilder) {
  const module = await builder.compile();
  close = async () => module.close().catch(() => {}); // one that has not booted cannot be closed
  module.useLogger(false);
  await module.init();
  return module;
}

it('overrideModule(WorkflowModule) gives the application the virtual clock, its own data source, and the harness', async () => {
  const module = await boot(
    application()
      .overrideModule(WorkflowModule)
      .useModule(WorkflowTestingModule.forOverride({ now: '2026-01-01T00:00:00Z' })),
  );
  const harness = module.get(WorkflowHarness);
  const { id } = await module.get(Trials).begin();
  const trial = await harness.process(TrialWorkflow, id);
  expect(trial.waitingFor).toEqual(['expire']);
  await harness.advance('30 days');
  expect(trial).toMatchObject({ status: 'completed', context: { ended: true }, path: ['expire', 'tell'] });
  expect(module.get(Trials).clock.now()).toEqual(new Date('2026-01-31T00:00:00Z'));
});

it('with forRootAsync as well', async () => {
  const module = await boot(
    application(WorkflowModule.forRootAsync({ useFactory: () => ({ worker: { concurrency: 3 } }) }))
      .overrideModule(WorkflowModule)
      .useModule(WorkflowTestingModule.forOverride()),
  );
  const trial = await module.get(WorkflowHarness).start(TrialWorkflow);
  await module.get(WorkflowHarness).advance('30 days');
  expect(trial.status).toBe('completed');
});

it('the names of queues are checked as they are without a test', async () => {
  const builder = application(WorkflowModule.forRoot({ taskQueue: databaseTaskQueue({ queues: ['post'] }) }));
  const booting = boot(builder.overrideModule(WorkflowModule).useModule(WorkflowTestingModule.forOverride()));
  await expect(booting).rejects.toThrow('mail');
});

it('what does not work says what to do', async () => {
  const two = boot(application().overrideModule(WorkflowModule).useModule(WorkflowTestingModule.forRoot()));
  await expect(two).rejects.toThrow('useModule(WorkflowTestingModule.forOverride())');
  const none = boot(Test.createTestingModule({ imports: [WorkflowTestingModule.forOverride()] }));
  await expect(none).rejects.toThrow('forOverride() has no engine of its own');
  const bare = boot(Test.createTestingModule({ imports: [WorkflowModule] }));
  await expect(bare).rejects.toThrow('import WorkflowModule.forRoot(), and not the class alone');
});
