import 'reflect-metadata';
import { getQueueToken } from '@nestjs/bull';
import { Logger } from '@nestjs/common';
import Bull, { type QueueOptions } from 'bull';
import { TaskQueue } from 'nestjs-argonaut/ports';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../support/app.js';
import { keysOf, privateRedis, type PrivateRedis, serverProgram } from '../support/redis.js';
import { LaterWorkflow, LetterWorkflow, openOffice, type Office, type OfficeSetup, PairWorkflow } from './letters.js';

const missing = serverProgram() === null ? 'no redis-server to start and to break' : null;
if (missing && process.env.CI) throw new Error(missing);

describe.skipIf(missing)(`task queues in a Redis that fails${missing ? ` (left out: ${missing})` : ''}`, () => {
  let redis: PrivateRedis;
  let offices: Office[] = [];
  const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
  beforeAll(async () => void (redis = await privateRedis()));
  beforeEach(async () => {
    warned.mockClear();
    await redis.start(); // a test that failed may have left it dead
  });
  afterEach(async () => {
    for (const { app, press } of offices.splice(0)) await (press.open(), app.close());
  });
  afterAll(() => redis.drop());

  const reachedWith = (settings: Exclude<QueueOptions['redis'], string | undefined>) => {
    const { hostname: host, port } = new URL(redis.url);
    return { redis: { host, port: Number(port), ...settings } };
  };
  const open = async (setup: Partial<OfficeSetup> = {}) => {
    const office = await openOffice({ redis: reachedWith({ retryStrategy: () => 50 }), ...setup });
    offices.push(office);
    return office;
  };
  const warnings = (part: string) => warned.mock.calls.filter(([text]) => String(text).includes(part)).length;

  it('P9 forgets all jobs: each task runs, once', async () => {
    const office = await open({ queues: { letters: { concurrency: 1 }, parcels: {} } });
    office.press.shut();
    const ids = [...(await office.start(LetterWorkflow, 5)), ...(await office.start(LaterWorkflow, 3)), ...(await office.start(PairWorkflow, 2))];
    await until(() => office.press.printed.length, (count) => count >= 2); // prettier-ignore
    expect(await redis.say('FLUSHALL')).toBe('+OK');
    office.press.open();
    await office.allDone(ids);
    expect(office.press.printed.length).toBe(5 + 3 + 4);
    expect(new Set(office.press.printed.map(({ id }) => id)).size).toBe(12);
  });

  it('forgets delayed jobs while nothing runs', async () => {
    const office = await open();
    const ids = await office.start(LaterWorkflow, 4);
    await redis.say('FLUSHALL');
    await office.allDone(ids);
  });

  it('forgets a job between handing it out and locking it: its task runs, and nothing is left of the job', async () => {
    const office = await open();
    const locking = vi.spyOn(Bull.prototype as unknown as { moveToActive(id: string): Promise<unknown> }, 'moveToActive');
    locking.mockImplementationOnce(async function (this: Bull.Queue & { moveToActive(id: string): Promise<unknown> }, id) {
      await redis.say('FLUSHALL');
      return this.moveToActive(id);
    });
    await office.allDone(await office.start(LetterWorkflow, 1));
    locking.mockRestore();
    expect(office.press.printed.length).toBe(1);
    await until(() => keysOf(redis.url, ''), (keys) => !keys.some((key) => key.includes('|'))); // prettier-ignore
  });

  it('holds the id of a task in a job that nobody sees: the task is announced under a new id', async () => {
    const office = await open({ worker: { enabled: false } });
    const queue = office.app.get<Bull.Queue>(getQueueToken(`${office.prefix}letters`));
    const late = (ms: number) => ({ id: `late${ms}|0|1|0|letters`, queue: 'letters', readyAt: Date.now() - ms });
    const [early, minutes] = [late(30_000), late(5 * 60_000)];
    for (const { id, readyAt } of [early, minutes]) await queue.client.hset(queue.toKey(`${id}|${readyAt}`), 'processedOn', '1');
    for (let times = 0; times < 3; times++) await office.app.get(TaskQueue).notify([early, minutes]);
    expect((await queue.getWaiting()).map(({ data }) => data as unknown)).toEqual([{ id: minutes.id }]);
  });

  it('dies and comes back empty', async () => {
    const office = await open();
    const before = [...(await office.start(LaterWorkflow, 2)), ...(await office.start(LetterWorkflow, 1))];
    await redis.kill();
    const during = await office.start(LetterWorkflow, 3); // resolves, although no worker hears of them
    await redis.start();
    await office.allDone([...before, ...during]);
    expect(office.press.printed.length).toBe(6);
  });

  it('P9 is gone for good: tasks are run without it', async () => {
    const office = await open();
    await redis.kill();
    await office.allDone(await office.start(LetterWorkflow, 5));
    expect(office.press.printed.length).toBe(5);
    await redis.start();
  });

  it('dies while a task runs: it is completed all the same', async () => {
    const office = await open();
    office.press.shut();
    const ids = await office.start(LetterWorkflow, 2);
    await until(() => office.press.printed.length, (count) => count === 2); // prettier-ignore
    await redis.kill();
    office.press.open();
    await office.allDone(ids);
    await redis.start();
    await office.allDone(await office.start(LetterWorkflow, 2));
    expect(office.press.printed.length).toBe(4);
  });

  it('is not there at boot, and comes later', async () => {
    await redis.kill();
    const office = await open();
    const ids = await office.start(PairWorkflow, 2);
    await redis.start();
    await office.allDone(ids);
  });

  it('is not there at boot, nor at shutdown', async () => {
    await redis.kill();
    const office = await open();
    await office.start(LetterWorkflow, 1);
    await office.app.close();
    offices = [];
    await redis.start();
  });

  it('is not there at boot, and the application gives it up', async () => {
    await redis.kill();
    await open({ redis: reachedWith({ retryStrategy: (times) => (times > 3 ? null : 10) }) });
    await new Promise((resolve) => setTimeout(resolve, 200)); // a rejection that nobody catches would end the process
    await redis.start();
  });

  it('cannot be reached at shutdown: a stop ends', async () => {
    const office = await open();
    await office.allDone(await office.start(LetterWorkflow, 1));
    redis.freeze();
    await redis.crowd();
    const stopped = office.app.get(TaskQueue).stop();
    const late = new Promise((resolve) => setTimeout(resolve, 4000, 'late'));
    expect(await Promise.race([stopped, late])).toBeUndefined();
    redis.thaw();
  });

  it('cannot be reached at shutdown: no client connects again once the application is closed', async () => {
    const office = await open();
    await office.allDone(await office.start(LetterWorkflow, 1));
    const queue = office.app.get<Bull.Queue & { readonly bclient: object; readonly closing: Promise<void> }>(getQueueToken(`${office.prefix}letters`));
    redis.freeze();
    await redis.crowd();
    await office.app.close();
    offices = [];
    const connected = vi.spyOn(Object.getPrototypeOf(queue.bclient) as { connect(): Promise<void> }, 'connect');
    redis.thaw();
    await queue.closing; // Bull goes on with its close
    expect(connected.mock.contexts).not.toContain(queue.bclient);
    connected.mockRestore();
  });

  it('is gone at shutdown, with a task that runs', async () => {
    const office = await open();
    office.press.shut();
    await office.start(LetterWorkflow, 1);
    await until(() => office.press.printed.length, (count) => count === 1); // prettier-ignore
    await redis.kill();
    await office.app.close();
    offices = [];
    await redis.start();
  });

  it('is there at shutdown, and a body never ends', async () => {
    const office = await open();
    office.press.shut();
    await office.start(LetterWorkflow, 1);
    await until(() => office.press.printed.length, (count) => count === 1); // prettier-ignore
    await office.app.close();
    offices = [];
  });

  const notifyNow = (office: Office) => office.app.get(TaskQueue).notify([{ id: 'a|0|1|0|letters', queue: 'letters', readyAt: Date.now() }]);

  it('is down: a notification ends, and nothing piles up until it is back', async () => {
    const hanging = reachedWith({ retryStrategy: () => 50, maxRetriesPerRequest: null }); // or Redis' client gives the job up, now and then in time
    const office = await open({ redis: hanging, worker: { enabled: false } });
    await redis.kill();
    const added = vi.spyOn(Bull.prototype, 'addBulk');
    for (let times = 0; times < 50; times++) await notifyNow(office);
    expect(added).toHaveBeenCalledTimes(1);
    expect(warnings('Tasks are run without it')).toBe(1);
    await redis.start();
    await added.mock.results[0]!.value;
    await notifyNow(office);
    expect(added).toHaveBeenCalledTimes(2);
    added.mockRestore();
  });

  it('answers nobody, and then again', async () => {
    const office = await open();
    await office.allDone(await office.start(LetterWorkflow, 1));
    redis.freeze();
    const ids = await office.start(LetterWorkflow, 3).finally(() => setTimeout(redis.thaw, 1500));
    await until(() => warnings('Tasks are run without it'), (count) => count > 0); // prettier-ignore
    await office.allDone(ids);
  });

  it.each([
    ['is full', 'CONFIG SET maxmemory 1', 'CONFIG SET maxmemory 0'],
    ['takes no writes', 'REPLICAOF 127.0.0.1 1', 'REPLICAOF NO ONE'],
  ])('%s: tasks are run without it', async (_, begin, end) => {
    const office = await open();
    expect(await redis.say(begin)).toBe('+OK');
    const ids = await office.start(LetterWorkflow, 3).finally(() => setTimeout(() => void redis.say(end), 300));
    await until(() => warnings('Tasks are run without it'), (count) => count > 0); // prettier-ignore
    await office.allDone(ids);
  });
});
