/**
 * What many events of one process cost: `node bench/events.mjs [events] [sqlite|postgres]`. The same number of events, each with a
 * handler that counts, goes to one process, and to as many processes as there are events. It prints both times and how they compare.
 * It needs `npm run build`; for PostgreSQL, BENCH_POSTGRES_URL, where it makes a database.
 */
import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import pg from 'pg';
import { Step, Workflow, WorkflowModule, WorkflowService } from '../dist/index.js';

const CHUNK = 1000;
const count = Number(process.argv[2] ?? 10_000);
const database = process.argv[3] ?? 'sqlite';
const server = process.env.BENCH_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

class Context {
  heard = 0;
}
class Meter {
  ticked() {
    return { heard: (heard) => heard + 1 };
  }
  ended() {}
}
const on = (name, options) => Step(options)(Meter.prototype, name, Object.getOwnPropertyDescriptor(Meter.prototype, name));
on('ticked', { on: 'ticked', unsolicited: true });
on('ended', { on: 'ended' });
Workflow({ name: 'meter', context: Context })(Meter);

async function newDatabase() {
  if (database === 'sqlite') return { type: 'better-sqlite3', driver: (await import('libsql')).default, database: join(mkdtempSync(join(tmpdir(), 'events-')), 'db') };
  const admin = new pg.Client(server);
  await admin.connect();
  await admin.query('drop database if exists argonaut_events with (force)');
  await admin.query('create database argonaut_events');
  await admin.end();
  return { type: 'postgres', url: new URL('/argonaut_events', server).href };
}

async function boot() {
  const connection = await newDatabase();
  class App {}
  Reflect.defineMetadata('imports', [TypeOrmModule.forRoot({ ...connection, autoLoadEntities: true }), WorkflowModule.forRoot({ schema: 'migrate' })], App);
  Reflect.defineMetadata('providers', [Meter], App);
  const app = await NestFactory.createApplicationContext(App, { logger: ['warn', 'error'] });
  return { app, workflows: app.get(WorkflowService) };
}

async function inChunks(work) {
  for (let i = 0; i < count; i += CHUNK) await Promise.all(Array.from({ length: Math.min(CHUNK, count - i) }, (_, j) => work(i + j)));
}

async function settleAll(workflows, ids) {
  for (let i = 0; i < ids.length; i += CHUNK) await Promise.all(ids.slice(i, i + CHUNK).map(({ id }) => workflows.settled(id)));
}

/** Seconds from the first event until the last is handled. */
async function measure(workflows, groupOf, processes) {
  const ids = [];
  for (let i = 0; i < processes; i += CHUNK)
    ids.push(...(await Promise.all(Array.from({ length: Math.min(CHUNK, processes - i) }, (_, j) => workflows.start('meter', {}, { groupId: groupOf(i + j) })))));
  await settleAll(workflows, ids);
  const began = performance.now();
  await inChunks((i) => workflows.emit('ticked', groupOf(i % processes), {}));
  const told = performance.now();
  await settleAll(workflows, ids);
  const seconds = (performance.now() - began) / 1000;
  const { context } = await workflows.get('meter', ids[0].id);
  if (context.heard !== count / processes) throw new Error(`heard ${context.heard} events`);
  console.log(`${processes} processes: ${seconds.toFixed(2)} s, of which ${((told - began) / 1000).toFixed(2)} s until the last emit was answered`);
  return seconds;
}

const { app, workflows } = await boot();
await measure(workflows, () => 'warm', 1);
const one = await measure(workflows, () => 'one', 1);
const many = await measure(workflows, (i) => `many-${i}`, count);
console.log(`${count} events on ${database}: ${(one / many).toFixed(2)} times as long for one process as for ${count}`);
await app.close();
