import 'reflect-metadata';
import { createRequire } from 'node:module';
import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSourceOptions } from 'typeorm';
import { bullTaskQueue } from '../../lib/bull.js';
import { MessageSender, type OutboxMessage, Step, type StepRef, Workflow, WorkflowModule, WorkflowService } from '../../lib/index.js';

export interface InstanceOptions {
  readonly database: DataSourceOptions & { readonly driverName?: string };
  readonly redis?: { readonly url: string; readonly prefix: string };
}

/** What an instance says to the test: a body begins or ends, a process was started. */
export type Word =
  | { readonly body: string; readonly processId: string; readonly attempt: number; readonly pid: number }
  | { readonly sent: string; readonly processId: string; readonly id: string; readonly pid: number }
  | { readonly ready: true }
  | { readonly started: string }
  /** All words for this group id are told. */
  | { readonly told: string };

/** What the test asks of an instance: to start a process with this group id, or to tell one of these words. */
export interface Order {
  readonly start?: string;
  readonly tell?: string;
  readonly words?: readonly string[];
}

export class Trail {
  steps: string[] = [];
}

const say = (word: Word) => process.send?.(word);
/** Long enough to be killed in the middle of; nothing waits for it but this body. */
const work = (ms = 150) => new Promise((resolve) => setTimeout(resolve, ms));

/** Tells the test what it transmits, and takes a while for it. */
class Partner extends MessageSender {
  override async transmit({ id, processId, pattern }: OutboxMessage): Promise<void> {
    say({ sent: pattern as string, processId, id, pid: process.pid });
    await work(100);
  }
}

@Workflow({ name: 'crashing', context: Trail })
export class Crashing {
  @Step() first(_trail: Trail, step: StepRef) { return perform(step, 'first'); } // prettier-ignore
  @Step() second(_trail: Trail, step: StepRef) { return perform(step, 'second'); } // prettier-ignore
  @Step({ queue: 'work', parallel: 'tasks' }) left(_trail: Trail, step: StepRef) { return perform(step, 'left'); } // prettier-ignore
  @Step({ queue: 'work', parallel: 'tasks' }) right(_trail: Trail, step: StepRef) { return perform(step, 'right'); } // prettier-ignore
  @Step() last(_trail: Trail, step: StepRef) { return perform(step, 'last'); } // prettier-ignore
  @Step({ on: 'told', unsolicited: true }) told(_trail: Trail, word: string, step: StepRef) { return perform(step, `told ${word}`); } // prettier-ignore
}

async function perform(step: StepRef, name: string) {
  say({ body: name, processId: step.processId, attempt: step.attempt, pid: process.pid });
  if (!name.startsWith('told')) step.send(Partner, name, step.attempt);
  if (!name.startsWith('told')) await work();
  else if (name === 'told 3') await work(step.attempt === 1 ? 60_000 : 150); // the others answer at once, so several are recorded together
  return { steps: (all: string[]) => [...all, name] };
}

async function tellAll(workflows: WorkflowService, groupId: string, words: readonly string[]): Promise<void> {
  for (const word of words) await workflows.emit('told', groupId, word);
}

export async function runInstance({ database, redis }: InstanceOptions): Promise<void> {
  const { driverName, ...options } = database;
  const driver = driverName ? { driver: createRequire(import.meta.url)(driverName) as unknown } : {};
  class App {}
  Module({
    imports: [
      TypeOrmModule.forRoot({ ...options, ...driver, autoLoadEntities: true, retryAttempts: 0 } as object),
      ...(redis ? [BullModule.forRoot(redis)] : []),
      WorkflowModule.forRoot({
        schema: 'migrate',
        worker: { heartbeat: '300ms', sweepInterval: '100ms' },
        outbox: { timeout: '500ms' },
        ...(redis && { taskQueue: bullTaskQueue({ queues: ['work'] }) }),
      }),
    ],
    providers: [Crashing, Partner],
  })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: ['error'] });
  const workflows = app.get(WorkflowService);
  process.on('message', ({ start, tell, words = [] }: Order) => {
    if (start !== undefined) void workflows.start(Crashing, {}, { groupId: start }).then(({ id }) => say({ started: id }));
    if (tell !== undefined) void tellAll(workflows, tell, words).then(() => say({ told: tell }));
  });
  process.on('disconnect', () => process.exit());
  say({ ready: true });
}
