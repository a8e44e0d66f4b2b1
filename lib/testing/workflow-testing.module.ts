import { type DynamicModule, Inject, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { MemoryTaskQueue } from '../queue/memory/memory-task-queue.js';
import { senderProviders } from '../workflows/explorer.js';
import { redactWith } from '../values/redaction.js';
import { discoverWorkflows } from '../workflows/boot.js';
import { Clock } from '../values/clock.js';
import { composeEngine } from '../engine/compose.js';
import { Engine } from '../engine/engine.js';
import { listenToLogger } from '../execution/logger-tee.js';
import { settingsOf } from '../engine/settings.js';
import { MemoryProcessStore } from '../store/memory/memory-process-store.js';
import { WorkflowService } from '../workflow.service.js';
import type { WorkflowModuleOptions } from '../engine/options.js';
import type { WorkflowModuleExtras } from '../workflow.options.js';
import { VirtualClock, VirtualTimers } from './virtual-clock.js';
import { WorkflowHarness } from './workflow-harness.js';

export interface WorkflowTestingOptions
  extends
    Pick<WorkflowModuleOptions, 'defaults' | 'keepUnmatched' | 'inbox' | 'outbox' | 'documents' | 'limits' | 'redact'>,
    Pick<WorkflowModuleExtras, 'workflows' | 'contexts'> {
  /** The time at the start. Default: the current system time. */
  readonly now?: string | Date;
}

const TESTING_OPTIONS = Symbol('WORKFLOW_TESTING_OPTIONS');

/**
 * In place of `WorkflowModule` in a test: processes and task queues in memory, and a clock that stands still until
 * {@link WorkflowHarness.advance} moves it. The decisions, the runner and the checks of boot are the real ones.
 */
@Module({})
export class WorkflowTestingModule implements OnModuleInit, OnModuleDestroy {
  private endListening = () => {};
  private endRedaction = () => {};

  constructor(
    @Inject(Engine) private readonly engine: Engine,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(TESTING_OPTIONS) private readonly options: WorkflowTestingOptions,
  ) {}

  static forRoot(options: WorkflowTestingOptions = {}): DynamicModule {
    return {
      module: WorkflowTestingModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        { provide: TESTING_OPTIONS, useValue: options },
        { provide: Clock, useFactory: () => new VirtualClock(options.now) },
        { provide: Engine, useFactory: (clock: VirtualClock) => inMemory(clock, options), inject: [Clock] },
        { provide: WorkflowService, useFactory: ({ parts }: Engine) => new WorkflowService(parts), inject: [Engine] },
        {
          provide: WorkflowHarness,
          useFactory: ({ parts }: Engine, workflows: WorkflowService) => new WorkflowHarness(parts, workflows),
          inject: [Engine, WorkflowService],
        },
      ],
      exports: [WorkflowService, WorkflowHarness, Clock],
    };
  }

  async onModuleInit(): Promise<void> {
    const { defaults, workflows, contexts } = this.options;
    const { registry, senders, settings } = this.engine.parts;
    const problems: string[] = [];
    const { redact } = settingsOf(engineOptions(this.options), problems);
    if (redact) this.endRedaction = redactWith(redact);
    senders.lookIn(() => senderProviders(this.discovery));
    const documents = { ...(workflows && { workflows }), ...(contexts && { contexts }) };
    const rules = { defaults, limits: settings.documents };
    discoverWorkflows(this.discovery, registry, null, rules, problems, documents, (name, pattern) => senders.problemOf(name, pattern));
    this.endListening = listenToLogger();
    await this.engine.parts.definitions.open();
    await this.engine.start();
  }

  onModuleDestroy(): void {
    this.endListening();
    this.endRedaction();
  }
}

/** What of the options is for the engine. An unknown one is left in, so that it is reported. */
function engineOptions({ now: _now, workflows: _workflows, contexts: _contexts, ...options }: WorkflowTestingOptions): WorkflowModuleOptions {
  return options;
}

function inMemory(clock: VirtualClock, options: WorkflowTestingOptions): Engine {
  const now = () => clock.now().getTime();
  const settings = { ...settingsOf(engineOptions(options), []), sweeps: false };
  const ports = { store: new MemoryProcessStore(now), queue: new MemoryTaskQueue(null, now), clock, timers: new VirtualTimers(clock) };
  return composeEngine(ports, settings);
}
