import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, ModuleRef } from '@nestjs/core';
import { wrongOptions } from './context/call-checks.js';
import { redactWith } from './values/redaction.js';
import { discoverWorkflows, type Documents } from './workflows/boot.js';
import { problemsAtBoot } from './workflows/boot-problems.js';
import { senderProviders } from './workflows/explorer.js';
import { Clock, Timers } from './values/clock.js';
import type { Class } from './values/types.js';
import { EngineEnvironment } from './engine/engine-environment.js';
import { composeEngine } from './engine/compose.js';
import { Engine } from './engine/engine.js';
import { labelLogs } from './execution/label-logs.js';
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
/** The environment of the engine: that of a test, else the real one. */
const ENVIRONMENT = Symbol('WORKFLOW_ENVIRONMENT');

/**
 * Durable workflows in this application. Import `WorkflowModule.forRoot()` once, in the root module; workflows are ordinary providers of any module.
 *
 * @example
 * imports: [TypeOrmModule.forRoot({ ..., autoLoadEntities: true }), WorkflowModule.forRoot()]
 */
@Module({})
export class WorkflowModule implements OnModuleInit {
  constructor(@Inject(ModuleRef) private readonly modules: ModuleRef) {}

  /** Takes options that are known now. @throws InvalidWorkflowError when the application boots, with all problems of options and workflows */
  static forRoot(options: WorkflowModuleOptions & WorkflowModuleExtras = {}): DynamicModule {
    return assemble(options, { options: [{ provide: WORKFLOW_OPTIONS, useValue: options }] });
  }

  /** Takes options from a factory, which may have providers injected. Options that shape the module graph are given beside it. */
  static forRootAsync(options: WorkflowModuleAsyncOptions): DynamicModule {
    const problems = wrongOptions({ ...KNOWN_OPTIONS.extras, ...KNOWN_OPTIONS.factory }, options).map((problem) => `WorkflowModule: ${problem}`);
    return assemble(options, { options: optionProviders(options), problems, imports: options.imports ?? [] });
  }

  /** @throws InvalidWorkflowError where the class itself was imported, which has no engine */
  onModuleInit(): void {
    if (enginesIn(this.modules).length > 0) return;
    throw new InvalidWorkflowError('the modules of this application', ['WorkflowModule: import WorkflowModule.forRoot(), and not the class alone.']);
  }
}

/** The engines of all modules of the application. */
export function enginesIn(modules: ModuleRef): Engine[] {
  try {
    return modules.get(Engine, { strict: false, each: true });
  } catch {
    return [];
  }
}

/** Starts and stops the engine with the application. */
@Injectable()
class EngineLifecycle implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private endListening = () => {};
  private endRedaction = () => {};

  constructor(
    @Inject(Engine) private readonly engine: Engine,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(WORKFLOW_OPTIONS) private readonly options: WorkflowModuleOptions,
    @Inject(DOCUMENTS) private readonly documents: Documents,
    @Inject(EXTRA_PROBLEMS) private readonly extraProblems: readonly string[],
    @Inject(ENVIRONMENT) private readonly environment: EngineEnvironment,
  ) {}

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
    await store.open(this.environment.schema(this.options.schema));
    await definitions.open();
  }

  /** Starts the engine once all modules are ready, so that bodies may run. */
  async onApplicationBootstrap(): Promise<void> {
    this.endListening = labelLogs(listenToLogger());
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
  if (tables && store) throw problemsAtBoot(['WorkflowModule: tables is for the TypeORM store, and the module has another `store`.']);
  return objectOr(tables);
}

/** What a module is made of, beside its extras. */
interface ModuleParts {
  /** Provide `WORKFLOW_OPTIONS`. */
  readonly options: Provider[];
  readonly problems?: readonly string[];
  readonly imports?: NonNullable<DynamicModule['imports']>;
  readonly environment?: Class | DynamicModule;
}

/**
 * Binds the ports to their adapters. The class stands among its own imports, where it brings nothing: a test that overrides it puts there a
 * module with an {@link EngineEnvironment}.
 */
export function assemble(extras: WorkflowModuleExtras, { options, problems = [], imports = [], environment = WorkflowModule }: ModuleParts): DynamicModule {
  const store = extras.store ?? typeOrmStore(extras.dataSource);
  const queue = extras.taskQueue ?? databaseTaskQueue();
  return {
    module: WorkflowModule,
    global: extras.isGlobal ?? true,
    imports: [environment, DiscoveryModule, ...imports, ...(store.imports ?? []), ...(queue.imports ?? [])],
    providers: [
      ...options,
      { provide: EXTRA_PROBLEMS, useValue: problems },
      { provide: TABLE_PLACE, useFactory: (given: WorkflowModuleOptions) => tablesOf(given, extras), inject: [WORKFLOW_OPTIONS] },
      { provide: DOCUMENTS, useValue: documentsOf(extras) },
      ...(store.providers ?? []),
      ...(queue.providers ?? []),
      bindPort(ProcessStore, store),
      bindPort(TaskQueue, queue),
      {
        provide: ENVIRONMENT,
        useFactory: (given?: EngineEnvironment) => given ?? new EngineEnvironment(),
        inject: [{ token: EngineEnvironment, optional: true }],
      },
      { provide: Clock, useFactory: (environment: EngineEnvironment) => environment.clock(extras.clock), inject: [ENVIRONMENT] },
      { provide: Timers, useFactory: (environment: EngineEnvironment) => environment.timers(), inject: [ENVIRONMENT] },
      { provide: Engine, useFactory: makeEngine, inject: [ProcessStore, TaskQueue, Clock, Timers, WORKFLOW_OPTIONS, ENVIRONMENT] },
      EngineLifecycle,
      { provide: WorkflowService, useFactory: ({ parts }: Engine) => new WorkflowService(parts), inject: [Engine] },
    ],
    exports: [WorkflowService, Clock, ProcessStore, TaskQueue, Engine],
  };
}

function makeEngine(
  store: ProcessStore,
  queue: TaskQueue,
  clock: Clock,
  timers: Timers,
  options: WorkflowModuleOptions,
  environment: EngineEnvironment,
): Engine {
  return composeEngine({ store, queue: environment.queue(queue), clock, timers }, environment.settings(settingsOf(options, [])));
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
