import { type DynamicModule, Inject, Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { EngineEnvironment } from '../engine/engine-environment.js';
import type { WorkflowModuleOptions } from '../engine/options.js';
import { memoryTaskQueue } from '../queue/memory/memory-queue-adapter.js';
import { MemoryProcessStore } from '../store/memory/memory-process-store.js';
import { typeOrmStore } from '../store/typeorm/typeorm-adapter.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Adapter } from '../values/adapter.js';
import { Clock } from '../values/clock.js';
import { InvalidWorkflowError } from '../values/errors.js';
import { assemble, enginesIn } from '../workflow.module.js';
import { WORKFLOW_OPTIONS, type WorkflowModuleExtras } from '../workflow.options.js';
import { TestEnvironment } from './test-environment.js';
import { WorkflowHarness } from './workflow-harness.js';

/** What a test says of its time and its tables. */
export interface TestEnvironmentOptions {
  /** The time at the start. Default: the current system time. */
  readonly now?: string | Date;
  /** What is done with the tables of the engine at boot. Default `'migrate'`: those that are missing are made. In memory there are none. */
  readonly schema?: NonNullable<WorkflowModuleOptions['schema']>;
}

export interface WorkflowTestingOptions
  extends
    TestEnvironmentOptions,
    Pick<WorkflowModuleOptions, 'defaults' | 'keepUnmatched' | 'inbox' | 'outbox' | 'documents' | 'limits' | 'redact' | 'tables'>,
    Pick<WorkflowModuleExtras, 'workflows' | 'contexts' | 'store'> {
  /** The name of the TypeORM data source in which processes are stored; that of the only one is `'default'`. Default: none, they are in memory. */
  readonly dataSource?: string;
}

/**
 * Workflows in a test: a clock that stands still until {@link WorkflowHarness.advance} moves it, and task queues in memory. The decisions, the
 * runner and the checks of boot are the real ones.
 */
@Module({})
export class WorkflowTestingModule implements OnModuleInit {
  constructor(@Inject(ModuleRef) private readonly modules: ModuleRef) {}

  /**
   * In place of `WorkflowModule.forRoot()`, for a test that lists the modules and providers it needs. Processes are in memory, or in the given
   * data source or store. @throws InvalidWorkflowError when the application boots, with all problems of options and workflows
   */
  static forRoot({ now, schema, store, dataSource, workflows, contexts, ...options }: WorkflowTestingOptions = {}): DynamicModule {
    const documents = { ...(workflows && { workflows }), ...(contexts && { contexts }) };
    return assemble(
      { ...documents, store: store ?? (dataSource === undefined ? storeInMemory() : typeOrmStore(dataSource)), taskQueue: memoryTaskQueue() },
      {
        options: [{ provide: WORKFLOW_OPTIONS, useValue: options }],
        environment: WorkflowTestingModule.forOverride({ ...(now && { now }), ...(schema && { schema }) }),
      },
    );
  }

  /**
   * For a test of a whole application. What the application says of its workflows, options and data source holds.
   *
   * @example
   * Test.createTestingModule({ imports: [AppModule] }).overrideModule(WorkflowModule).useModule(WorkflowTestingModule.forOverride())
   */
  static forOverride({ now, schema }: TestEnvironmentOptions = {}): DynamicModule {
    const providers: Provider[] = [
      { provide: EngineEnvironment, useFactory: () => new TestEnvironment(now, schema) },
      { provide: WorkflowHarness, useFactory: (modules: ModuleRef) => new WorkflowHarness(modules), inject: [ModuleRef] },
    ];
    return { module: WorkflowTestingModule, global: true, providers, exports: [EngineEnvironment, WorkflowHarness] };
  }

  /** @throws InvalidWorkflowError where there is no engine, or more than one */
  onModuleInit(): void {
    const problem = ENGINES[Math.min(enginesIn(this.modules).length, 2)];
    if (problem) throw new InvalidWorkflowError('the workflows of this test', [`WorkflowTestingModule: ${problem}`]);
  }
}

/** What is wrong with no engine, one, or several. */
const ENGINES = [
  'forOverride() has no engine of its own. Use it in overrideModule(WorkflowModule).useModule(...) of an application that imports WorkflowModule.forRoot(), or import forRoot().',
  null,
  'there are two engines. Where the application has WorkflowModule.forRoot(), say overrideModule(WorkflowModule).useModule(WorkflowTestingModule.forOverride()), and do not import WorkflowTestingModule.forRoot() as well.',
];

const STORE_IN_MEMORY = Symbol('STORE_IN_MEMORY');

/** A store whose time is the virtual clock's. */
function storeInMemory(): Adapter<ProcessStore> {
  const useFactory = (clock: Clock) => new MemoryProcessStore(() => clock.now().getTime());
  return { use: STORE_IN_MEMORY, providers: [{ provide: STORE_IN_MEMORY, useFactory, inject: [Clock] }] };
}
