import 'reflect-metadata';
import type { TestingModule } from '@nestjs/testing';
import { Test } from '@nestjs/testing';
import { WorkflowService } from 'nestjs-argonaut';
import { WorkflowHarness, WorkflowTestingModule } from 'nestjs-argonaut/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Persistence } from '../../sample-app/src/liteflow/07-persistence.workflow.js';
import { LiteflowModule } from '../../sample-app/src/liteflow/liteflow.module.js';
import { Timing } from '../../sample-app/src/liteflow/timing.workflow.js';
import { OnError } from '../../sample-app/src/liteflow/on-error.workflow.js';

/* What an application's own tests look like: no database, and a clock that is moved by hand. */
let app: TestingModule;
let harness: WorkflowHarness;
beforeEach(async () => {
  app = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot(), LiteflowModule] }).compile();
  app.useLogger(false);
  await app.init();
  harness = app.get(WorkflowHarness);
});
afterEach(() => app.close());

const printed = async (id: string) => (await app.get(WorkflowService).log(id)).map(({ text }) => text);

it('timing: something later, something every now and then, and a pause', async () => {
  const process = await harness.start(Timing);
  expect(process.waitingFor).toHaveLength(3);
  await harness.advance('500ms');
  expect(process.context.value1).toBe(1);
  expect(await printed(process.id)).toEqual(['Hello world']);
  await harness.advance('500ms');
  expect(process.context.value1).toBe(2);
  expect(await printed(process.id)).toEqual(['Hello world', 'a second later']);
  await harness.advance('500ms');
  expect(process.context.value1).toBe(3);
  expect(process.status).toBe('waiting');
  await harness.advance('500ms');
  expect(process.status).toBe('completed');
  expect(process.path.filter((step) => step === 'Increment')).toHaveLength(3);
  expect(await printed(process.id)).toEqual(['Hello world', 'a second later', 'Goodbye']);
});

it('07 persistence: sleeps a second between two numbers', async () => {
  const process = await harness.start(Persistence);
  await harness.advance('999ms');
  expect(await printed(process.id)).toEqual(['Hello world', '3…']);
  await harness.advance('1ms');
  expect(await printed(process.id)).toEqual(['Hello world', '3…', '2…']);
  await harness.advance('2s');
  expect(process.status).toBe('completed');
  expect(process.path).toEqual(['Hello', 'Countdown', 'Goodbye']);
});

it('on error: tries again with a growing pause', async () => {
  const process = await harness.start(OnError);
  expect(process.waitingFor).toEqual(['Risky']);
  await harness.advance('100ms'); // jitter: from half of it to all of it
  await harness.advance('200ms');
  expect(process.status).toBe('suspended');
  expect(process.records.filter(({ type }) => type === 'step-failed')).toHaveLength(3);
});
