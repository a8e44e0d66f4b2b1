/** Argonaut as an application uses it: the module in a Nest application, TypeORM, the default options. */
import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase, measure, options } from './measure.mjs';

const given = options();
const { NestFactory } = await import('@nestjs/core');
const { Module } = await import('@nestjs/common');
const { TypeOrmModule } = await import('@nestjs/typeorm');
const { Step, Workflow, WorkflowModule, WorkflowService } = await import('../../dist/index.js');

async function dataSource() {
  if (given.database === 'postgres') return { type: 'postgres', url: await freshDatabase('bench_argonaut') };
  const file = join(mkdtempSync(join(tmpdir(), 'bench-')), 'argonaut.sqlite');
  if (given.database === 'better-sqlite3') return { type: 'better-sqlite3', database: file, driver: (await import('better-sqlite3')).default };
  return { type: 'better-sqlite3', database: file, driver: (await import('libsql')).default };
}

class Ten {}
for (let i = 1; i <= given.steps; i++) {
  const step = { value: () => ({ [`r${i}`]: i }), configurable: true, enumerable: true, writable: true };
  Step()(Ten.prototype, `step${i}`, step);
  Object.defineProperty(Ten.prototype, `step${i}`, step);
}
Workflow({ name: 'ten' })(Ten);

class App {}
Module({
  imports: [TypeOrmModule.forRoot({ ...(await dataSource()), autoLoadEntities: true }), WorkflowModule.forRoot({ schema: 'migrate' })],
  providers: [Ten],
})(App);

const app = await NestFactory.createApplicationContext(App, { logger: ['error', 'warn'] });
const workflows = app.get(WorkflowService);
const order = {
  id: 'o-1',
  customer: 'c-987',
  lines: [
    { sku: 'A-1', qty: 2, price: 1999 },
    { sku: 'B-7', qty: 1, price: 4500 },
  ],
};

await measure(
  'argonaut',
  given,
  async () => {
    const { id } = await workflows.start(Ten, { order, status: 'approved', total: 8498, currency: 'EUR' });
    const { status } = await workflows.settled(id);
    if (status !== 'completed') throw new Error(`Process ${id} is ${status}.`);
  },
  { database: given.database },
);
