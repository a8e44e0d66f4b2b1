/** A small application with one thing wrong, in a process of its own: see boot-output.spec.ts. */
import 'reflect-metadata';
import { Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import libsql from 'libsql';
import { Step, Workflow, WorkflowModule } from 'nestjs-argonaut';
import { MemoryProcessStore } from '../../lib/store/memory/memory-process-store.js';

@Workflow({ name: 'loan' })
class WrongWorkflow {
  @Step({ next: 'pya' } as never) ask() {}
  @Step({ request: 'x' } as never) pay() {}
}
@Workflow({ name: 'fine' })
class FineWorkflow {
  @Step() ask() {}
}

const OPTIONS: Readonly<Record<string, object>> = {
  graph: { schema: 'migrate' },
  tables: {},
  // found by a provider of the module, and so while Nest still makes the application
  place: { tables: { entityPrefix: 'x_' }, store: { use: MemoryProcessStore, providers: [{ provide: MemoryProcessStore, useFactory: () => new MemoryProcessStore() }] } },
}; // prettier-ignore

const sqlite = { type: 'better-sqlite3', driver: libsql, database: ':memory:', autoLoadEntities: true };
const down = { type: 'postgres', host: '127.0.0.1', port: 1, retryAttempts: 1, retryDelay: 1, autoLoadEntities: true };
@Module({ providers: [{ provide: DataSource, useValue: {} }] })
class DatabaseModule {}

/** Modules without the data source that the engine is told of. */
const MODULES: Readonly<Record<string, () => NonNullable<ModuleMetadata['imports']>>> = {
  'no data source': () => [WorkflowModule.forRoot()],
  'no data source of a name': () => [WorkflowModule.forRoot({ dataSource: 'orders' })],
  'another name': () => [TypeOrmModule.forRoot({ ...sqlite, name: 'orders' } as never), WorkflowModule.forRoot()],
  'the default one': () => [TypeOrmModule.forRoot(sqlite as never), WorkflowModule.forRoot({ dataSource: 'orders' })],
  'hidden': () => [DatabaseModule, WorkflowModule.forRoot()],
  'down': () => [TypeOrmModule.forRoot(down as never), WorkflowModule.forRoot()],
  'down, and imported later': () => [WorkflowModule.forRoot(), TypeOrmModule.forRoot(down as never)],
}; // prettier-ignore

export async function runInstance({ wrong }: { wrong: string }): Promise<void> {
  @Module({
    imports: MODULES[wrong]?.() ?? [TypeOrmModule.forRoot(sqlite as never), WorkflowModule.forRoot(OPTIONS[wrong] as never)],
    providers: [wrong === 'graph' ? WrongWorkflow : FineWorkflow],
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  await app.listen(0);
}
