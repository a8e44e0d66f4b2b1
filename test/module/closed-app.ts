/** An application that is made and closed, with nothing else that holds its process: see closing.spec.ts. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import { WorkflowModule } from 'nestjs-argonaut';

export async function runInstance({ database }: { database: string }): Promise<void> {
  const sqlite = { type: 'better-sqlite3', driver: libsql, database, autoLoadEntities: true };
  @Module({ imports: [TypeOrmModule.forRoot(sqlite as never), WorkflowModule.forRoot({ schema: 'migrate' })] })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  await app.close();
}
