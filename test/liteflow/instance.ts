/** An instance of the application whose bodies never end, once they have told the test that they have begun. */
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSourceOptions } from 'typeorm';
import { WorkflowModule, WorkflowService } from '../../lib/index.js';
import { Act, Journal, Undo } from './support.js';
import { SharedWork } from './shared-work.js';

export type InstanceOptions = DataSourceOptions & { readonly driverName?: string };
export type Word = { readonly ready: true } | { readonly begun: string; readonly processId: string };

export async function runInstance({ driverName, ...database }: InstanceOptions): Promise<void> {
  const driver = driverName ? { driver: createRequire(import.meta.url)(driverName) as unknown } : {};
  const journal = new Journal();
  journal.tell('killed', {
    second: (_data, { name, processId }) => {
      process.send?.({ begun: name, processId } satisfies Word);
      return new Promise(() => {});
    },
  });
  class App {}
  Module({
    imports: [
      TypeOrmModule.forRoot({ ...database, ...driver, autoLoadEntities: true, retryAttempts: 0 } as object),
      WorkflowModule.forRoot({ worker: { heartbeat: '200ms', sweepInterval: '100ms' } }),
    ],
    providers: [{ provide: Journal, useValue: journal }, Act, Undo, SharedWork],
  })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: ['error'] });
  process.on('message', () => void app.get(WorkflowService).start(SharedWork, { items: ['a', 'b'] }, { groupId: 'killed' }));
  process.on('disconnect', () => process.exit());
  process.send?.({ ready: true } satisfies Word);
}
