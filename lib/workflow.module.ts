import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { wrongOptions } from './context/call-checks.js';
import { redactWith } from './values/redaction.js';
import { discoverWorkflows, type Documents } from './workflows/boot.js';
import { senderProviders } from './workflows/explorer.js';
import { Clock, SystemTimers, Timers } from './values/clock.js';
import { StoreClock } from './engine/store-clock.js';
import { composeEngine } from './engine/compose.js';
import { Engine } from './engine/engine.js';
import { listenToLogger } from './execution/logger-tee.js';
import { objectOr, settingsOf } from './engine/settings.js';
import { databaseTaskQueue } from './queue/database/database-adapter.js';
import { TaskQueue } from './queue/task-queue.js';
import { ProcessStore } from './store/process-store.js';
import { TABLE_PLACE, typeOrmStore } from './store/typeorm/typeorm-adapter.js';
import { WORKFLOW_OPTIONS, type WorkflowModuleAsyncOptions, type WorkflowModuleExtras, type WorkflowOptionsFactory } from './workflow.options.js';
import { KNOWN_OPTIONS, type TableOptions, type WorkflowModuleOptions } from './engine/options.js';
import { InvalidWorkflowError } from './values/errors.js';
import { WorkflowService } from './workflow.service.js';

/** Workflows that are data, and the contexts that they name. They are known with the module graph, even if a factory makes the options. */
const DOCUMENTS = Symbol('WORKFLOW_DOCUMENTS');
/** What is wrong with the options beside a factory. */
const EXTRA_PROBLEMS = Symbol('WORKFLOW_EXTRA_PROBLEMS');

/**
 * Durable workflows in this application. Import it once, in the root module; workflows are ordinary providers of any module.
 *
 * @example
 * imports: [TypeOrmModule.forRoot({ ..., autoLoadEntities: true }), WorkflowModule.forRoot()]
 */
@Module({})
export class WorkflowModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private endListening = () => {};
  private endRedaction = () => {};

  constructor(
    @Inject(Engine) private readonly engine: Engine,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(WORKFLOW_OPTIONS) private readonly options: WorkflowModuleOptions,
    @Inject(DOCUMENTS) private readonly documents: Documents,
    @Inject(EXTRA_PROBLEMS) private readonly extraProblems: readonly string[],
  ) {}

  /** Takes options that are known now. @throws InvalidWorkflowError when the application boots, with all problems of options and workflows */
  static forRoot(options: WorkflowModuleOptions & WorkflowModuleExtras = {}): DynamicModule {
    return assemble(options, [
      { provide: WORKFLOW_OPTIONS, useValue: options },
      { provide: EXTRA_PROBLEMS, useValue: [] },
    ]);
  }

  /** Takes options from a factory, which may have providers injected. Options that shape the module graph are given beside it. */
  static forRootAsync(options: WorkflowModuleAsyncOptions): DynamicModule {
    const problems = wrongOptions({ ...KNOWN_OPTIONS.extras, ...KNOWN_OPTIONS.factory }, options).map((problem) => `WorkflowModule: ${problem}`);
    return assemble(options, [...optionProviders(options), { provide: EXTRA_PROBLEMS, useValue: problems }], options.imports);
  }

  /** Checks workflows and tables before they are used; a wrong one stops the boot. */
  async onModuleInit(): Promise<void> {
    const problems = [...this.extraProblems];
    const { documents: limits, redact } = settingsOf(this.options, problems);
    if (redact) this.endRedaction = redactWith(redact);
    const { registry, queue, store, definitions, senders } = this.engine.parts;
    senders.lookIn(() => senderProviders(this.discovery));
    discoverWorkflows(this.discovery, registry, queue.queues, { defaults: this.options?.defaults, limits }, problems, this.documents, (name, pattern) =>
      senders.problemOf(name, pattern),
    );
    await store.open(this.options.schema ?? 'check');
    await definitions.open();
  }

  /** Starts the engine once all modules are ready, so that bodies may run. */
  async onApplicationBootstrap(): Promise<void> {
    this.endListening = listenToLogger();
    await this.engine.start();
  }

  /** Stops the engine while the database is still there, so that running bodies can be recorded. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.engine.stop().finally(this.endListening);
    await this.engine.parts.store.close().finally(this.endRedaction);
  }
}

function documentsOf({ workflows, contexts }: WorkflowModuleExtras): Documents {
  return { ...(Array.isArray(workflows) && { workflows }), ...(Array.isArray(contexts) && { contexts }) };
}

/** @throws InvalidWorkflowError where the store is not ours: it would not hear of them */
function tablesOf(options: WorkflowModuleOptions, { store }: WorkflowModuleExtras): TableOptions {
  const { tables } = objectOr(options); // what a factory gives is checked later, with the workflows
  if (tables && store)
    throw new InvalidWorkflowError('all workflows', ['WorkflowModule: tables is for the TypeORM store, and the module has another `store`.']);
  return objectOr(tables);
}

/** Binds the ports to their adapters. No other file knows both sides. */
function assemble(extras: WorkflowModuleExtras, options: Provider[], imports: DynamicModule['imports'] = []): DynamicModule {
  const store = extras.store ?? typeOrmStore(extras.dataSource);
  const queue = extras.taskQueue ?? databaseTaskQueue();
  return {
    module: WorkflowModule,
    global: extras.isGlobal ?? true,
    imports: [DiscoveryModule, ...imports, ...(store.imports ?? []), ...(queue.imports ?? [])],
    providers: [
      ...options,
      { provide: TABLE_PLACE, useFactory: (given: WorkflowModuleOptions) => tablesOf(given, extras), inject: [WORKFLOW_OPTIONS] },
      { provide: DOCUMENTS, useValue: documentsOf(extras) },
      ...(store.providers ?? []),
      ...(queue.providers ?? []),
      bindPort(ProcessStore, store),
      bindPort(TaskQueue, queue),
      extras.clock ? { provide: Clock, useValue: extras.clock } : { provide: Clock, useClass: StoreClock },
      { provide: Timers, useClass: SystemTimers },
      {
        provide: Engine,
        useFactory: (processes: ProcessStore, tasks: TaskQueue, clock: Clock, timers: Timers, given: WorkflowModuleOptions) =>
          composeEngine({ store: processes, queue: tasks, clock, timers }, settingsOf(given, [])),
        inject: [ProcessStore, TaskQueue, Clock, Timers, WORKFLOW_OPTIONS],
      },
      { provide: WorkflowService, useFactory: ({ parts }: Engine) => new WorkflowService(parts), inject: [Engine] },
    ],
    exports: [WorkflowService, Clock, ProcessStore, TaskQueue],
  };
}

function bindPort(
  port: typeof ProcessStore | typeof TaskQueue,
  { use, providers = [] }: NonNullable<WorkflowModuleExtras['store'] | WorkflowModuleExtras['taskQueue']>,
): Provider {
  const provided = typeof use !== 'function' || providers.some((provider) => provider === use || ('provide' in provider && provider.provide === use));
  return provided ? { provide: port, useExisting: use } : { provide: port, useClass: use };
}

function optionProviders({ inject = [], useFactory, useClass, useExisting }: WorkflowModuleAsyncOptions): Provider[] {
  if (useFactory) return [{ provide: WORKFLOW_OPTIONS, useFactory, inject }];
  const factory = useExisting ?? useClass;
  if (!factory) throw new TypeError('WorkflowModule.forRootAsync needs useFactory, useClass or useExisting.');
  const options: Provider = { provide: WORKFLOW_OPTIONS, useFactory: (made: WorkflowOptionsFactory) => made.createWorkflowOptions(), inject: [factory] };
  return useClass ? [useClass, options] : [options];
}
