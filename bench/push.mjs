/**
 * How soon another instance learns of work: `node bench/push.mjs [count] [cell]`. Two Node processes are two instances of one application.
 * What the first one commits, the second one runs: first because the first runs nothing (`worker.enabled: false`), then because it is
 * full. It prints, for each database with each task queue, the time from the call on the first to the body on the second. A cell is a
 * word of its name, such as `mysql`. It needs `npm run build`, PostgreSQL (BENCH_POSTGRES_URL), MariaDB or MySQL (BENCH_MYSQL_URL) and
 * Redis (BENCH_REDIS_URL), and makes databases there.
 */
import 'reflect-metadata';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { BullModule } from '@nestjs/bull';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { bullTaskQueue } from '../dist/bull.js';
import { asked, databaseTaskQueue, Step, Workflow, WorkflowModule, WorkflowService } from '../dist/index.js';

const AIM_MS = 50;
/** The first calls are left out: the code is compiled in them, and statements are prepared. */
const WARM_UP = 100;
/** Between two calls, at random, so that they keep no step with a sweep. */
const APART_MS = [4, 16];
/** The queues of the first instance, where one task fills one of them, and of the second. */
const QUEUES = [{ work: {}, full: { concurrency: 1 } }, { work: {}, full: {} }];

const SERVERS = {
  postgres: { type: 'postgres', url: process.env.BENCH_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres', force: 'with (force)' },
  mysql: { type: 'mysql', url: process.env.BENCH_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306/mysql', force: '' },
};
const REDIS = process.env.BENCH_REDIS_URL ?? 'redis://127.0.0.1:6379';

const CELLS = [
  { name: 'postgres + database queue', database: 'postgres', queue: 'database', pushedBy: 'LISTEN/NOTIFY' },
  { name: 'postgres + bull', database: 'postgres', queue: 'bull', pushedBy: 'LISTEN/NOTIFY and Redis' },
  { name: 'mysql + bull', database: 'mysql', queue: 'bull', pushedBy: 'Redis' },
  { name: 'mysql + database queue', database: 'mysql', queue: 'database', pushedBy: null },
];

/* -------------------------------------------------------------------------------------------------------------- workflows ---- */

/** One clock for both processes, ms. */
const now = () => Number(process.hrtime.bigint()) / 1e6;
/** How late the event loop of this process is: what a busy machine adds, whatever the engine does. */
const lateness = monitorEventLoopDelay({ resolution: 5 });
lateness.enable();
/** The longest since the last call, ms. */
function longestDelay() {
  const { max } = lateness;
  lateness.reset();
  return max / 1e6 - 5;
}
const tell = (kind, groupId) => void process.send?.({ kind, groupId, at: now(), late: longestDelay() });
const step = (target, name, options) => Step(options)(target.prototype, name, Object.getOwnPropertyDescriptor(target.prototype, name));

class Context {
  name = '';
}
/** A start, an event and a response: each leads to one body. */
class Pushed {
  first({ name }) {
    tell('start', name);
  }
  second({ name }) {
    tell('emit', name);
  }
  third({ name }) {
    tell('respond', name);
  }
  ask({ name }) {
    return asked({ correlationId: name });
  }
}
/** A start that leads to a queued task. */
class Queued {
  task({ name }) {
    tell('task', name);
  }
}
/** A start that leads to a task in a queue where an endless task runs. */
class Behind {
  task({ name }) {
    tell('task behind another', name);
  }
}
/** Keeps an instance full. */
class Endless {
  body() {
    return new Promise(() => {});
  }
}
class EndlessTask {
  body() {
    return new Promise(() => {});
  }
}
step(Pushed, 'first');
step(Pushed, 'second', { on: 'go' });
step(Pushed, 'third', { request: 'ask' });
step(Queued, 'task', { queue: 'work' });
step(Behind, 'task', { queue: 'full' });
step(Endless, 'body');
step(EndlessTask, 'body', { queue: 'full' });
const workflowClasses = { pushed: Pushed, queued: Queued, behind: Behind, endless: Endless, 'endless-task': EndlessTask };
for (const [name, target] of Object.entries(workflowClasses)) Workflow({ name, context: Context })(target);

/* -------------------------------------------------------------------------------------------------------------- instances ---- */

/** How the first instance leaves work to the second. */
const FIRST = { 'runs nothing': { enabled: false }, 'is full': { concurrency: 1, maxStartDelay: 0, shutdownTimeout: 100 } };

async function boot({ type, url, queue, prefix }, worker, queues) {
  const bull = queue === 'bull' ? [BullModule.forRoot({ url: REDIS, prefix })] : [];
  const taskQueue = queue === 'bull' ? bullTaskQueue({ queues }) : databaseTaskQueue({ queues });
  class App {}
  Reflect.defineMetadata('imports', [TypeOrmModule.forRoot({ type, url, autoLoadEntities: true }), ...bull, WorkflowModule.forRoot({ schema: 'migrate', worker, taskQueue })], App);
  Reflect.defineMetadata('providers', Object.values(workflowClasses), App);
  return NestFactory.createApplicationContext(App, { logger: ['error'] });
}

async function newDatabase({ type, url, force }) {
  const admin = await new DataSource({ type, url }).initialize();
  await admin.query(`drop database if exists argonaut_push ${force}`);
  await admin.query('create database argonaut_push');
  await admin.destroy();
  return new URL('/argonaut_push', url).href;
}

async function secondInstance(place, heard) {
  const child = fork(fileURLToPath(import.meta.url), ['--second', JSON.stringify(place)]);
  await once(child, 'message');
  child.on('message', heard);
  return child;
}

/* ---------------------------------------------------------------------------------------------------------------- measure ---- */

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const apart = () => pause(APART_MS[0] + Math.random() * (APART_MS[1] - APART_MS[0]));
const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
const shown = (sorted, part) => `${at(sorted, part).toFixed(1).padStart(7)} ms`;

/** Calls one after the other, and waits for the bodies of all. Returns how long the answers and the bodies took. */
async function measure(count, kind, bodies, call) {
  const [called, answers] = [new Map(), []];
  longestDelay();
  for (let i = 0; i < count; i++) {
    await apart();
    const from = now();
    called.set(String(i), from);
    void call(i).then(() => answers.push(now() - from));
  }
  for (let waited = 0; bodies().size < count; waited += 100) {
    if (waited > 60_000) throw new Error(`${count - bodies().size} of ${count} "${kind}" have reached no body of the second instance.`);
    await pause(100);
  }
  const times = [...called].map(([i, from]) => bodies().get(i).at - from);
  const [sortedAnswers, sortedTimes] = [answers, times].map((all) => all.slice(WARM_UP).sort((a, b) => a - b));
  return { answers: sortedAnswers, times: sortedTimes, late: [longestDelay(), Math.max(...[...bodies().values()].map((body) => body.late))] };
}

async function untilWaiting(app, count) {
  const sql = `select count(*) as waiting from workflow_process where workflow = 'pushed' and status = 'waiting'`;
  while (Number((await app.get(DataSource).query(sql))[0].waiting) !== count) await pause(100);
}

/** Calls of all kinds, on a first instance that runs nothing or is full. */
async function measureKinds(count, app, first, bodies, print) {
  const workflows = app.get(WorkflowService);
  const nameOf = (i) => `${first} ${i}`;
  const all = async (kind, call) => print(`${kind}, the first instance ${first}`, await measure(count, kind, () => bodies(`${first} ${kind}`), call));
  const startOf = (workflow) => (i) => workflows.start(workflow, { name: nameOf(i) }, { groupId: nameOf(i) });
  await all('start', startOf('pushed'));
  await untilWaiting(app, count);
  await all('emit', (i) => workflows.emit('go', nameOf(i), null));
  await untilWaiting(app, count);
  await all('respond', (i) => workflows.respond('pushed', 'third', nameOf(i), null));
  if (first === 'is full') await all('task behind another', startOf('behind'));
  else await all('task', startOf('queued'));
}

async function measureCell({ name, database, queue, pushedBy }, count) {
  const server = SERVERS[database];
  const place = { type: server.type, url: await newDatabase(server), queue, prefix: `push ${process.pid} ${name}` };
  const found = new Map();
  const bodies = (kind) => found.get(kind) ?? found.set(kind, new Map()).get(kind);
  const heard = ({ kind, groupId, ...body }) => {
    const [, first, i] = /^(.*) (\d+)$/.exec(groupId);
    bodies(`${first} ${kind}`).set(i, body);
  };
  const print = (title, { answers, times, late }) => {
    const isOver = pushedBy !== null && at(times, 0.99) > AIM_MS;
    const body = `body p50 ${shown(times, 0.5)}  p99 ${shown(times, 0.99)}  most ${shown(times, 1)}   loops late by ${late.map((ms) => ms.toFixed(0)).join(' and ')} ms`;
    console.log(`${title.padEnd(52)} answer p50 ${shown(answers, 0.5)}  p99 ${shown(answers, 0.99)}   ${body}${isOver ? `   over ${AIM_MS} ms` : ''}`);
    if (isOver) process.exitCode = 1;
  };
  console.log(`\n${name}: ${pushedBy ? `pushed by ${pushedBy}` : 'nothing pushes, the sweep finds it'}`);
  for (const [first, worker] of Object.entries(FIRST)) {
    const app = await boot(place, worker, QUEUES[0]);
    if (first === 'is full') for (const endless of ['endless', 'endless-task']) await app.get(WorkflowService).start(endless, {}, { groupId: 'full' });
    const second = await secondInstance(place, heard);
    await measureKinds(count + WARM_UP, app, first, bodies, print);
    second.kill('SIGKILL');
    await app.close();
  }
}

async function main(count, word) {
  console.log(`${count} calls of each kind, ${APART_MS[0]} to ${APART_MS[1]} ms apart; ${cpus().length} cores, Node ${process.version}`);
  for (const cell of CELLS) if (cell.name.includes(word)) await measureCell(cell, count);
  process.exit();
}

if (process.argv[2] === '--second') {
  await boot(JSON.parse(process.argv[3]), {}, QUEUES[1]);
  process.on('disconnect', () => process.exit());
  process.send({ ready: true });
} else await main(Number(process.argv[2] ?? 1000), process.argv[3] ?? '');
