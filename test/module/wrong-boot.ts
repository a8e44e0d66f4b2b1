/** A small application with one thing wrong, in a process of its own: see boot-output.spec.ts. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
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

export async function runInstance({ wrong }: { wrong: string }): Promise<void> {
  const sqlite = { type: 'better-sqlite3', driver: libsql, database: ':memory:', autoLoadEntities: true };
  @Module({
    imports: [TypeOrmModule.forRoot(sqlite as never), WorkflowModule.forRoot(OPTIONS[wrong] as never)],
    providers: [wrong === 'graph' ? WrongWorkflow : FineWorkflow],
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  await app.listen(0);
}
