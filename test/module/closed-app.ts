/** An application that is made and closed, with nothing else that holds its process: see closing.spec.ts. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import { Step, Workflow, WorkflowModule, WorkflowService } from 'nestjs-argonaut';

@Workflow({ name: 'endless' })
class EndlessWorkflow {
  @Step() wait() {
    return new Promise<void>(() => {}); // holds nothing that Node waits for
  }
}

export async function runInstance({ database, hangs }: { database: string; hangs: boolean }): Promise<void> {
  const sqlite = { type: 'better-sqlite3', driver: libsql, database, autoLoadEntities: true };
  @Module({
    imports: [TypeOrmModule.forRoot(sqlite as never), WorkflowModule.forRoot({ schema: 'migrate', worker: { shutdownTimeout: '100ms' } })],
    providers: [EndlessWorkflow],
  })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  if (hangs) await app.get(WorkflowService).start(EndlessWorkflow);
  await app.close();
}
