import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { WorkflowModule, WorkflowService, workflowEntities, type WorkflowModuleExtras, type WorkflowModuleOptions } from '../../lib/index.js';
import { databaseTaskQueue } from '../../lib/queue/database/database-adapter.js';
import type { QueueList } from '../../lib/queue/queue-settings.js';
import { Engine, type EngineParts } from '../../lib/engine/engine.js';
import { type Database, libsqlFile, mysql, postgres } from './databases.js';

export interface Cell {
  readonly name: string;
  readonly database: () => Promise<Database>;
  readonly queue: 'database' | 'bull';
}

/** Every database with every task queue. `TEST_CELLS=sqlite` runs those whose name holds the word. */
export function matrix(): Cell[] {
  const databases = { sqlite: async () => libsqlFile(), postgres, mysql };
  const cells = Object.entries(databases).flatMap(([name, database]) => [
    { name: `${name} + database queue`, database, queue: 'database' as const },
    { name: `${name} + bull queue`, database: () => withRedis(database), queue: 'bull' as const },
  ]);
  return cells.filter(({ name }) => name.includes(process.env.TEST_CELLS ?? ''));
}

/** A cell with Bull is missing when its Redis is. */
async function withRedis(make: () => Promise<Database>): Promise<Database> {
  const [database, { missing }] = await Promise.all([make(), import('./redis.js').then(({ redisForTests }) => redisForTests())]);
  if (missing === null || database.missing !== null) return database;
  await database.drop();
  return { ...database, missing };
}

export interface TestApp {
  readonly app: INestApplication;
  readonly workflows: WorkflowService;
  readonly engine: EngineParts;
  readonly dataSource: DataSource;
  /** The engine alone: the application stays. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface AppSetup extends ModuleMetadata {
  readonly options?: WorkflowModuleOptions & WorkflowModuleExtras;
  readonly queues?: QueueList;
  readonly entities?: DataSourceOptions['entities'];
  /** Apps with one name share their Bull queues, as instances of one application do. */
  readonly bullPrefix?: string;
}

export async function bootApp(database: Database, queue: Cell['queue'], setup: AppSetup = {}): Promise<TestApp> {
  const { options = {}, queues = [], entities = [], bullPrefix = randomBytes(4).toString('hex'), imports = [], ...rest } = setup;
  const bull = queue === 'bull' ? await bullParts(queues, bullPrefix) : null;
  const module = await Test.createTestingModule({
    imports: [
      TypeOrmModule.forRootAsync({
        useFactory: () => ({ retryAttempts: 0 }),
        dataSourceFactory: () => database.connect({ entities: [...workflowEntities, ...(entities as [])] }),
      }),
      ...(bull ? [bull.module] : []),
      WorkflowModule.forRoot({ schema: 'migrate', ...options, taskQueue: bull ? bull.taskQueue : (options.taskQueue ?? databaseTaskQueue({ queues })) }),
      ...imports,
    ],
    ...rest,
  }).compile();
  const app = module.createNestApplication({ logger: process.env.TEST_LOG ? undefined : false });
  await app.init();
  return {
    app,
    workflows: app.get(WorkflowService),
    engine: app.get(Engine).parts,
    dataSource: app.get(DataSource),
    stop: () => app.get(Engine).stop(),
    close: () => app.close(),
  };
}

async function bullParts(queues: QueueList, prefix: string) {
  const [{ BullModule }, { bullTaskQueue }, { redisForTests }] = await Promise.all([import('@nestjs/bull'), import('../../lib/bull.js'), import('./redis.js')]);
  const { url } = await redisForTests();
  return { module: BullModule.forRoot({ url, prefix }), taskQueue: bullTaskQueue({ queues }) };
}

/** Asks again until it is so. The deadline is for a mistake, never for a measure. */
export async function until<T>(look: () => Promise<T> | T, isSo: (value: T) => boolean, deadlineMs = 10_000): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const value = await look();
    if (isSo(value)) return value;
    if (Date.now() > end) throw new Error(`It did not come to that: ${JSON.stringify(value)?.slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
