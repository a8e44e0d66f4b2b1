// What the compiler must accept and refuse in an application that has declared its queues and events (names.d.ts of docs/reference/task-queues.md).
import type { EventData, QueueName, WorkflowService } from 'nestjs-argonaut';
import { WorkflowApiModule } from 'nestjs-argonaut/api';
import { ProcessStore, TaskQueue } from 'nestjs-argonaut/ports';
import { aStep, memoryProcessStore, WorkflowTestingModule } from 'nestjs-argonaut/testing';

export const letters: QueueName = 'letters';
// @ts-expect-error it is not declared
export const other: QueueName = 'other';
export const withdrawn: EventData<'loan.withdrawn'> = { reason: 'changed my mind' };
// @ts-expect-error it is a text
export const nothing: EventData<'loan.withdrawn'> = { reason: 1 };

export async function emits(workflows: WorkflowService): Promise<void> {
  await workflows.emit('loan.withdrawn', 'L-1', { reason: 'changed my mind' });
  // @ts-expect-error it is not declared
  await workflows.emit('loan.lost', 'L-1', { reason: 'changed my mind' });
}

export const entries = [WorkflowApiModule, ProcessStore, TaskQueue, aStep, memoryProcessStore, WorkflowTestingModule];
