/**
 * How a backlog is worked off: `node bench/backlog.mjs [processes] [boot]`. Processes of three trivial steps, started as fast as they
 * are answered, in chunks of 2,000; with `boot` they are found in the database when the application starts. It prints how long that
 * takes, and the largest resident memory. It needs `npm run build` and PostgreSQL at BENCH_POSTGRES_URL, where it makes a database.
 */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import pg from 'pg';
import { WorkflowModule, WorkflowService } from '../dist/index.js';
import { trivialWorkflow } from './trivial.mjs';

const CHUNK = 2000;
const count = Number(process.argv[2] ?? 50_000);
const atBoot = process.argv[3] === 'boot';
const server = process.env.BENCH_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const url = new URL('/argonaut_backlog', server).href;

class Context {
  n = 0;
}
const Trivial = trivialWorkflow({ context: Context });

async function boot(worker) {
  class App {}
  Reflect.defineMetadata('imports', [TypeOrmModule.forRoot({ type: 'postgres', url, autoLoadEntities: true }), WorkflowModule.forRoot({ schema: 'migrate', worker })], App);
  Reflect.defineMetadata('providers', [Trivial], App);
  const app = await NestFactory.createApplicationContext(App, { logger: ['warn', 'error'] });
  return { app, workflows: app.get(WorkflowService) };
}

async function newDatabase() {
  const admin = new pg.Client(server);
  await admin.connect();
  await admin.query('drop database if exists argonaut_backlog with (force)');
  await admin.query('create database argonaut_backlog');
  await admin.end();
}

async function startAll(workflows) {
  for (let i = 0; i < count; i += CHUNK) {
    const chunk = Array.from({ length: Math.min(CHUNK, count - i) }, (_, j) => workflows.start('trivial', {}, { groupId: `g${i + j}` }));
    await Promise.all(chunk);
  }
}

async function untilDone(client) {
  for (;;) {
    const { rows } = await client.query(`select count(*) as done from workflow_process where status = 'completed'`);
    if (Number(rows[0].done) === count) return;
    await new Promise((resolve) => setTimeout(resolve, count > 100_000 ? 1000 : 100));
  }
}

let peak = 0;
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 100);
await newDatabase();
const client = new pg.Client(url);
await client.connect();
let { app, workflows } = await boot({ enabled: !atBoot });
let begun = Date.now();
await startAll(workflows);
console.log(`answered after ${Date.now() - begun} ms`);
if (atBoot) {
  await app.close();
  peak = 0;
  begun = Date.now();
  ({ app, workflows } = await boot({}));
}
await untilDone(client);
const ms = Date.now() - begun;
console.log(`${count} done after ${ms} ms, ${Math.round((count / ms) * 1000)} a second; at most ${Math.round(peak / 1e6)} MB`);
await app.close();
await client.end();
clearInterval(watch);
