// What the compiler must accept and refuse in an application that has declared its queues and events (see main.ts).
import type { EventData, QueueName, WorkflowService } from 'nestjs-argonaut';
import { WorkflowApiModule } from 'nestjs-argonaut/api';
import { ProcessStore, TaskQueue } from 'nestjs-argonaut/ports';
import { aStep, memoryProcessStore, WorkflowTestingModule } from 'nestjs-argonaut/testing';

export const letters: QueueName = 'letters';
// @ts-expect-error it is not declared
export const other: QueueName = 'other';
export const paid: EventData<'order.paid'> = { amount: 1 };
// @ts-expect-error it is a number
export const free: EventData<'order.paid'> = { amount: 'nothing' };

export async function emits(workflows: WorkflowService): Promise<void> {
  await workflows.emit('order.paid', 'ada', { amount: 1 });
  // @ts-expect-error it is not declared
  await workflows.emit('order.lost', 'ada', { amount: 1 });
}

export const entries = [WorkflowApiModule, ProcessStore, TaskQueue, aStep, memoryProcessStore, WorkflowTestingModule];
