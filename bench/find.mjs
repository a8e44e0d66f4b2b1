/**
 * How long it takes to find and count among a million processes on PostgreSQL, of which 1 in 10 lives and 1 in 100 has failed:
 * `node bench/find.mjs [--processes=1000000] [--times=50] [--analyze]`. Without `--analyze` the database has no statistics.
 */
import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import { freshDatabase, options } from './engines/measure.mjs';

const { processes = 1_000_000, times = 50, analyze } = options();
const { NestFactory } = await import('@nestjs/core');
const { Module } = await import('@nestjs/common');
const { TypeOrmModule } = await import('@nestjs/typeorm');
const { DataSource } = await import('typeorm');
const { Step, Workflow, WorkflowModule, WorkflowService } = await import('../dist/index.js');

const names = ['order', 'loan', 'refund', 'letter'];
const classes = names.map((name) => {
  class Found {
    pay() {}
  }
  const step = Object.getOwnPropertyDescriptor(Found.prototype, 'pay');
  Step({ on: 'paid' })(Found.prototype, 'pay', step);
  Workflow({ name, searchable: ['customer', 'country'] })(Found);
  return Found;
});

class App {}
Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url: await freshDatabase('bench_find'), autoLoadEntities: true }),
    WorkflowModule.forRoot({ schema: 'migrate', worker: { enabled: false } }),
  ],
  providers: classes,
})(App);
const app = await NestFactory.createApplicationContext(App, { logger: ['error'] });
const [workflows, database] = [app.get(WorkflowService), app.get(DataSource)];

/** 90 of 100 have completed, 1 has failed in one of 20 ways, and 9 wait; `letter` is rare. */
const status = `case when i % 100 = 0 then 'failed' when i % 10 = 1 then 'waiting' else 'completed' end`;
const workflow = `case when i % 10000 = 0 then 'letter' else (array['order', 'loan', 'refund'])[i % 3 + 1] end`;
const all = `from generate_series(1, ${processes}) i`;
for (const table of ['process', 'wait', 'search']) await database.query(`alter table workflow_${table} set (autovacuum_enabled = false)`);
await database.query(`insert into workflow_process (id, workflow, workflow_version, group_id, group_key, live, status, revision, context_version, snapshot_version, runs, root, worker,
  claim, tokens, cause, started_at, finished_at, updated_at) select 'p' || i, ${workflow}, 1, 'group-' || i, left(rtrim(translate(encode(sha256(('group-' || i)::bytea), 'base64'), '+/', '-_'), '='), 32), case when ${status} = 'completed' then null else 0 end,
  ${status}, 3, 1, 1, 1, 0, null, 0, '[]', null, i * 1000::bigint, case when ${status} = 'completed' then i * 1000::bigint + 500 end, i * 1000::bigint + 500 ${all}`);
await database.query(`insert into workflow_wait (process_id, token_key, step, run, kind, address, due_at, since, attempt, claim, token)
  select 'p' || i, '0', 'pay', 1, 'event', 'e:paid:' || i, null, i, 1, 0, '{}' ${all} where i % 10 = 1`);
await database.query(`insert into workflow_wait (process_id, token_key, step, run, kind, address, due_at, since, attempt, claim, token)
  select 'p' || i, '0~o1', 'pay', 1, 'overdue', null, null, i, 1, 0, '{}' ${all} where i % 2000 = 1`);
await database.query(`insert into workflow_search (process_id, name, value, workflow, started_at)
  select 'p' || i, 'customer', '"c-' || i % 50000 || '"', ${workflow}, i * 1000::bigint ${all}
  union all select 'p' || i, 'country', (array['"DE"', '"FR"'])[i % 2 + 1], ${workflow}, i * 1000::bigint ${all}
  union all select 'p' || i, ':failure', 'pay' || chr(10) || 'Error: kind ' || chr(65 + i / 100 % 20), ${workflow}, i * 1000::bigint ${all} where i % 100 = 0`);
if (analyze !== undefined) await database.query('analyze');

const at = (i) => new Date(i * 1000);
const questions = {
  'all, the first page': () => workflows.find({}),
  'a workflow': () => workflows.find({ workflow: 'order' }),
  'a rare workflow': () => workflows.find({ workflow: 'letter' }),
  'failed': () => workflows.find({ status: 'failed' }),
  'failed or suspended, the oldest first': () => workflows.find({ status: ['failed', 'suspended'], order: 'oldest' }),
  'suspended: none': () => workflows.find({ status: 'suspended' }),
  'a workflow, waiting': () => workflows.find({ workflow: 'loan', status: 'waiting' }),
  'a workflow, a step': () => workflows.find({ workflow: 'loan', step: 'pay' }),
  'a workflow, a step that none stands in': () => workflows.find({ workflow: 'letter', step: 'other' }),
  'a group id': () => workflows.find({ groupId: 'group-77' }),
  'the beginning of a group id: 11 of them': () => workflows.find({ groupIdPrefix: 'group-77777' }),
  'the beginning of a group id: 1,111 of them': () => workflows.find({ groupIdPrefix: 'group-777' }),
  'the beginning of a group id: 111,111 of them': () => workflows.find({ groupIdPrefix: 'group-7' }),
  'the same of a workflow, failed': () => workflows.find({ groupIdPrefix: 'group-7', workflow: 'order', status: 'failed' }),
  'a correlation id': () => workflows.find({ correlationId: 'none' }),
  'a parent': () => workflows.find({ parent: 'p1' }),
  'an error': () => workflows.find({ workflow: 'order', step: 'pay', error: 'Error: kind B' }),
  'overdue': () => workflows.find({ overdue: true }),
  'started between': () => workflows.find({ startedAfter: at(5000), startedBefore: at(6000) }),
  'changed between': () => workflows.find({ updatedAfter: at(5000), updatedBefore: at(6000) }),
  'a value, rare': () => workflows.find({ workflow: 'order', values: { customer: 'c-77' } }),
  'a value, frequent': () => workflows.find({ workflow: 'order', values: { country: 'DE' } }),
  'two values': () => workflows.find({ workflow: 'order', values: { customer: 'c-77', country: 'DE' } }),
  'a frequent value, failed': () => workflows.find({ workflow: 'order', status: 'failed', values: { country: 'DE' } }),
  'a group id of a workflow': () => workflows.find({ groupId: 'group-77', workflow: 'order' }),
  'by their end': () => workflows.find({ workflow: 'order', sort: 'finishedAt' }),
  'by their end, cancelled: none': () => workflows.find({ workflow: 'order', sort: 'finishedAt', status: 'cancelled' }),
  'by their last change, failed': () => workflows.find({ status: 'failed', sort: 'updatedAt' }),
  'by their last change, a value, rare': () => workflows.find({ workflow: 'order', values: { customer: 'c-77' }, sort: 'updatedAt' }),
  'by their last change, 100,000 that wait: refused': () => workflows.find({ status: 'waiting', sort: 'updatedAt' }).catch(() => []),
  'changed since': () => workflows.find({ updatedAfter: at(processes - 10) }),
  'changed before, waiting': () => workflows.find({ updatedBefore: at(50), status: 'waiting' }),
  'a step that none stands in': () => workflows.find({ step: 'other' }),
  'a workflow, a version that none has': () => workflows.find({ workflow: 'order', version: 7 }),
  'not overdue': () => workflows.find({ overdue: false }),
  'a frequent value, a step that none stands in': () => workflows.find({ workflow: 'order', values: { country: 'DE' }, step: 'other' }),
  'counts': () => workflows.counts(),
  'attention': () => workflows.attention(),
};

console.log(`${processes} processes, ${times} times each, ${analyze === undefined ? 'never analysed' : 'analysed'}\n\n| question | p50, ms | p99, ms | found |\n|---|---|---|---|`);
for (const [name, ask] of Object.entries(questions)) {
  const took = [];
  let found;
  for (let i = 0; i < times; i++) {
    const from = performance.now();
    found = await ask();
    took.push(performance.now() - from);
    if (took[0] > 2000 && i > 1) break;
  }
  took.sort((a, b) => a - b);
  const ms = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))].toFixed(1);
  console.log(`| ${name} | ${ms(0.5)} | ${ms(0.99)} | ${(found.items ?? found).length} |`);
}
await app.close();
