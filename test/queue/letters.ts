import { randomBytes } from 'node:crypto';
import { BullModule, type BullRootModuleOptions } from '@nestjs/bull';
import type { DynamicModule, INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Step, type StepRef, Workflow, WorkflowModule, type WorkflowModuleOptions, WorkflowService } from 'nestjs-argonaut';
import { bullTaskQueue } from 'nestjs-argonaut/bull';
import type { QueueList } from '../../lib/queue/queue-settings.js';
import { MemoryProcessStore } from '../../lib/store/memory/memory-process-store.js';
import { until } from '../support/app.js';

/** What steps do, seen and held up by a test. */
export class Press {
  readonly printed: { readonly id: string; readonly at: number }[] = [];
  private gate: Promise<void> = Promise.resolve();
  private release = () => {};

  shut(): void {
    this.gate = new Promise((resolve) => (this.release = resolve));
  }

  open(): void {
    this.release();
  }

  async print({ processId, name }: StepRef): Promise<void> {
    this.printed.push({ id: `${processId} ${name}`, at: Date.now() });
    await this.gate;
  }
}

@Workflow({ name: 'letter' })
export class LetterWorkflow {
  constructor(private readonly press: Press) {}
  @Step({ queue: 'letters' }) print(_: object, step: StepRef) {
    return this.press.print(step);
  }
}

@Workflow({ name: 'later' })
export class LaterWorkflow {
  constructor(private readonly press: Press) {}
  @Step({ queue: 'letters', after: '600ms' }) print(_: object, step: StepRef) {
    return this.press.print(step);
  }
}

@Workflow({ name: 'pair' })
export class PairWorkflow {
  constructor(private readonly press: Press) {}
  @Step({ queue: 'letters', parallel: 'both' }) one(_: object, step: StepRef) {
    return this.press.print(step);
  }
  @Step({ queue: 'parcels', parallel: 'both' }) two(_: object, step: StepRef) {
    return this.press.print(step);
  }
}

export const WORKFLOWS = [LetterWorkflow, LaterWorkflow, PairWorkflow];

export interface Office {
  readonly app: INestApplicationContext;
  readonly workflows: WorkflowService;
  readonly press: Press;
  readonly prefix: string | null;
  start(workflow: (typeof WORKFLOWS)[number], count: number): Promise<string[]>;
  allDone(ids: readonly string[], deadlineMs?: number): Promise<void>;
}

export interface OfficeSetup {
  readonly redis: BullRootModuleOptions;
  readonly queues?: QueueList;
  readonly store?: MemoryProcessStore;
  /** Null: the default. */
  readonly prefix?: string | null;
  readonly worker?: WorkflowModuleOptions['worker'];
  readonly more?: Pick<ModuleMetadata, 'imports' | 'providers'>;
}

export const SOME_QUEUES: QueueList = ['letters', 'parcels'];

/** One instance of an application; those with one store and prefix are instances of the same. */
export async function openOffice({
  redis,
  queues = SOME_QUEUES,
  store = new MemoryProcessStore(),
  prefix = aPrefix(),
  worker,
  more = {},
}: OfficeSetup): Promise<Office> {
  const press = new Press();
  const STORE = Symbol('STORE');
  const adapter = { use: STORE, providers: [{ provide: STORE, useValue: store }] };
  const options: WorkflowModuleOptions = { worker: { sweepInterval: '100ms', shutdownTimeout: '300ms', ...worker } };
  const module = await Test.createTestingModule({
    imports: [
      BullModule.forRoot(redis),
      WorkflowModule.forRoot({ ...options, store: adapter, taskQueue: bullTaskQueue({ queues, ...(prefix !== null && { prefix }) }) }) as DynamicModule,
      ...(more.imports ?? []),
    ],
    providers: [...WORKFLOWS, { provide: Press, useValue: press }, ...(more.providers ?? [])],
  }).compile();
  await module.init();
  const workflows = module.get(WorkflowService);
  const start = (workflow: (typeof WORKFLOWS)[number], count: number) =>
    Promise.all(Array.from({ length: count }, async () => (await workflows.start(workflow)).id));
  const allDone = async (ids: readonly string[], deadlineMs?: number) =>
    void (await until(() => Promise.all(ids.map(async (id) => (await workflows.get(id)).status)), (all) => all.every((status) => status === 'completed'), deadlineMs)); // prettier-ignore
  return { app: module, workflows, press, prefix, start, allDone };
}

export function aPrefix(): string {
  return `q-${randomBytes(4).toString('hex')}.`;
}
