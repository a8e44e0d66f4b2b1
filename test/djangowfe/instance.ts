import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type StepRef, WorkflowModule } from 'nestjs-argonaut';
import type { DataSourceOptions } from 'typeorm';
import { type Data, Looping, Script, traced, Upload } from './workflows.js';

export interface InstanceOptions {
  readonly database: DataSourceOptions & { readonly driverName?: string };
  readonly hangsIn: string;
}

/** Goes three times round the loop, says when the body begins that never ends, and else does what every step does. */
class Hanging extends Script {
  constructor(private readonly hangsIn: string) {
    super();
  }
  override run(data: Data, { name }: StepRef): unknown {
    if (name === this.hangsIn) {
      process.send?.('begins');
      return new Promise(() => {});
    }
    if (name === 'work') return { rounds: data.rounds + 1 };
    if (name === 'enough') return data.rounds < 3 ? 0 : 1;
    return traced(data, name);
  }
}

export async function runInstance({ database: { driverName, ...options }, hangsIn }: InstanceOptions): Promise<void> {
  const driver = driverName ? { driver: createRequire(import.meta.url)(driverName) as unknown } : {};
  class App {}
  Module({
    imports: [
      TypeOrmModule.forRoot({ ...options, ...driver, autoLoadEntities: true, retryAttempts: 0 } as object),
      WorkflowModule.forRoot({ worker: { heartbeat: '200ms', sweepInterval: '50ms' } }),
    ],
    providers: [{ provide: Script, useValue: new Hanging(hangsIn) }, Upload, Looping],
  })(App);
  await NestFactory.createApplicationContext(App, { logger: ['error'] });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}
