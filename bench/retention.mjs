/**
 * What retention deletes in a minute, and what other work notices of it: `node bench/retention.mjs [processes] [seconds]`. So many finished
 * processes, each with 12 audit records, 6 versions, a wait that has ended and 2 messages, are put into PostgreSQL. Other work starts
 * processes of three trivial steps all the time and measures how long each takes: first alone, then while what is there is deleted, in turns.
 * It needs `npm run build` and PostgreSQL at BENCH_POSTGRES_URL, where it makes a database.
 */
import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import pg from 'pg';
import { Step, Workflow, WorkflowModule, WorkflowService } from '../dist/index.js';
import { trivialWorkflow } from './trivial.mjs';
import { Engine } from '../dist/engine/engine.js';

const count = Number(process.argv[2] ?? 60_000);
const seconds = Number(process.argv[3] ?? 20);
const IN_FLIGHT = 20;
const ROUNDS = 3;
const server = process.env.BENCH_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const url = new URL('/argonaut_retention', server).href;

const Trivial = trivialWorkflow();
class Old {
  only() {}
}
Step()(Old.prototype, 'only', Object.getOwnPropertyDescriptor(Old.prototype, 'only'));
Workflow({ name: 'old', keep: { completed: '30 days' } })(Old);

async function newDatabase() {
  const admin = new pg.Client(server);
  await admin.connect();
  await admin.query('drop database if exists argonaut_retention with (force)');
  await admin.query('create database argonaut_retention');
  await admin.end();
}

async function boot() {
  class App {}
  const worker = { heartbeat: '1h' }; // deleting begins when the bench says so
  Reflect.defineMetadata('imports', [TypeOrmModule.forRoot({ type: 'postgres', url, autoLoadEntities: true }), WorkflowModule.forRoot({ schema: 'migrate', worker })], App);
  Reflect.defineMetadata('providers', [Trivial, Old], App);
  const app = await NestFactory.createApplicationContext(App, { logger: ['warn', 'error'] });
  return { app, workflows: app.get(WorkflowService), engine: app.get(Engine).parts };
}

/** Ids are in no order, as those of an application. */
async function fill(client, from, to) {
  const ids = `select 'p' || md5(i::text) as id, i from generate_series(${from}, ${to}) i`;
  const text = `'{"customer":"' || md5(i::text) || '","note":"' || repeat('x', 200) || '"}'`;
  await client.query(`insert into workflow_process (id, workflow, workflow_version, group_id, group_key, live, status, revision, context_version, snapshot_version,
    runs, root, worker, claim, tokens, started_at, finished_at, updated_at) select id, 'old', 1, id, md5(id), null, 'completed', 12, 6, 1, 5, 0, null, 1, '[]', i, 1000 + i, i from (${ids}) x`);
  await client.query(`insert into workflow_audit (process_id, sequence, type, step, run, attempt, context_version, detail, worker, created_at)
    select id, s, 'step-completed', 'step' || s, s, 1, 1, repeat('y', 80), 'worker', i from (${ids}) x, generate_series(1, 12) s`);
  await client.query(`insert into workflow_context (process_id, version, step, patch, snapshot, moves, created_at)
    select id, v, 'step' || v, ${text}, case v when 1 then ${text} end, '[["0","only"]]', i from (${ids}) x, generate_series(1, 6) v`);
  await client.query(`insert into workflow_wait (process_id, token_key, step, run, kind, address, since, attempt, claim, token)
    select id, '0', 'only', 1, 'closed', 'r:' || id, i, 1, 0, '{}' from (${ids}) x`);
  await client.query(`insert into workflow_inbox (id, address, process_id, disposition, body, digest, received_at)
    select id || m, 'r:' || id, id, 'delivered', ${text}, md5(id), i from (${ids}) x, generate_series(1, 2) m`);
}

/** Starts processes until told to stop, and gives the times they took, ms. */
async function otherWork(workflows, until) {
  const times = [];
  const one = async () => {
    while (performance.now() < until()) {
      const begun = performance.now();
      const { id } = await workflows.start('trivial', {});
      await workflows.settled(id);
      times.push(performance.now() - begun);
      await setTimeout(50);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  return times.sort((a, b) => a - b);
}

const at = (times, share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
const shown = (times) => `p50 ${at(times, 0.5).toFixed(1)} ms, p99 ${at(times, 0.99).toFixed(1)} ms of ${times.length}`;
const left = async (client) => Number((await client.query(`select count(*) as n from workflow_process where workflow = 'old'`)).rows[0].n);

await newDatabase();
const { app, workflows, engine } = await boot();
const client = new pg.Client(url);
await client.connect();
const all = { alone: [], deleting: [], deleted: 0, ms: 0 };
for (let from = 1; from <= count * ROUNDS; from += 10_000) await fill(client, from, from + 9_999);
await client.query('vacuum analyze');
await otherWork(workflows, ((end) => () => end)(performance.now() + 5000)); // warms up
for (let round = 0; round < ROUNDS; round++) {
  const alone = await otherWork(workflows, ((end) => () => end)(performance.now() + seconds * 1000));
  const before = await left(client);
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const sweep = engine.finished.sweep();
  const deleting = await otherWork(workflows, () => end);
  engine.finished.stop(); // after the batch that has begun
  await sweep;
  const [ms, deleted] = [performance.now() - begun, before - (await left(client))];
  engine.finished.stopped = false;
  console.log(`alone: ${shown(alone)}; deleting: ${shown(deleting)}; ${deleted} deleted, ${Math.round((deleted / ms) * 60_000)} a minute`);
  all.alone.push(...alone);
  all.deleting.push(...deleting);
  all.deleted += deleted;
  all.ms += ms;
}
for (const times of [all.alone, all.deleting]) times.sort((a, b) => a - b);
const rise = (share) => `${(100 * (at(all.deleting, share) / at(all.alone, share) - 1)).toFixed(0)} %`;
console.log(`all rounds: alone ${shown(all.alone)}; deleting ${shown(all.deleting)} (p50 ${rise(0.5)}, p99 ${rise(0.99)}); ${Math.round((all.deleted / all.ms) * 60_000)} deleted a minute`);
await client.end();
await app.close();
