import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { BullModule, getQueueToken, OnQueueError, Process, Processor } from '@nestjs/bull';
import { Test } from '@nestjs/testing';
import Bull, { type Job, type Queue } from 'bull';
import { bullTaskQueue } from 'nestjs-argonaut/bull';
import { type Task, TaskQueue } from 'nestjs-argonaut/ports';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Engine } from '../../lib/engine/engine.js';
import { MemoryProcessStore } from '../../lib/store/memory/memory-process-store.js';
import { until } from '../support/app.js';
import { forget, keysOf, leftOut, redisForTests, titled } from '../support/redis.js';
import { aPrefix, LaterWorkflow, LetterWorkflow, openOffice, type Office, type OfficeSetup, PairWorkflow } from './letters.js';

const redis = await redisForTests();
const mine = `argonaut-test-${randomBytes(4).toString('hex')}`;

/** A queue the application has itself, under the name one of ours has. */
@Processor('letters')
class OwnLetters {
  readonly seen: unknown[] = [];
  @Process() handle(job: Job) {
    this.seen.push(job.data);
  }
  @OnQueueError() onError() {}
}

describe.skipIf(leftOut(redis))(titled('jobs in Redis', redis), () => {
  let offices: Office[] = [];
  const looks: Queue[] = [];
  afterEach(async () => {
    for (const { app, press } of offices.splice(0)) await (press.open(), app.close());
    for (const queue of looks.splice(0)) await queue.close();
  });
  afterAll(() => forget(redis.url, mine));

  const open = async (setup: Partial<OfficeSetup> = {}) => {
    const office = await openOffice({ redis: { url: redis.url, prefix: mine }, ...setup });
    offices.push(office);
    return office;
  };
  /** The same queue, in another's hands. */
  const look = (name: string) => {
    const queue = new Bull(name, redis.url, { prefix: mine });
    looks.push(queue);
    return queue;
  };

  it('are ids and nothing else, added by an instance that runs nothing, taken by one that does', async () => {
    const [store, prefix] = [new MemoryProcessStore(), aPrefix()];
    const teller = await open({ store, prefix, worker: { enabled: false } });
    const ids = [...(await teller.start(LetterWorkflow, 2)), ...(await teller.start(LaterWorkflow, 1))];
    const letters = look(`${prefix}letters`);
    await until(() => letters.getWaitingCount(), (count) => count === 2); // prettier-ignore
    const worker = await open({ store, prefix });
    await worker.allDone(ids);
    expect(teller.press.printed).toEqual([]);
    expect(worker.press.printed.length).toBe(3);
  });

  it('wait in Redis with the id of the task, and leave nothing behind', async () => {
    const prefix = aPrefix();
    const office = await open({ prefix, queues: { letters: { concurrency: 1 }, parcels: {} } });
    office.press.shut();
    const ids = [...(await office.start(LetterWorkflow, 4)), ...(await office.start(LaterWorkflow, 1))];
    const letters = look(`${prefix}letters`);
    const jobs = await until(() => letters.getJobs(['active', 'waiting', 'delayed']), (all) => all.length === 5); // prettier-ignore
    for (const { id, data, opts } of jobs) {
      expect(Object.keys(data as object)).toEqual(['id']);
      expect(ids.some((processId) => (data as { id: string }).id.startsWith(`${processId}|0|`))).toBe(true);
      expect(String(id).startsWith(`${(data as { id: string }).id}|`)).toBe(true);
      expect(opts).toMatchObject({ attempts: 1, removeOnComplete: true, removeOnFail: true });
    }
    office.press.open();
    await office.allDone(ids);
    const left = await until(() => keysOf(redis.url, `${mine}:${prefix}letters:`), (keys) => !keys.some((key) => key.includes('|'))); // prettier-ignore
    expect(left.some((key) => /:(completed|failed)$/.test(key))).toBe(false);
  });

  it('come when their time has come', async () => {
    const office = await open();
    const asked = Date.now();
    await office.allDone(await office.start(LaterWorkflow, 2));
    for (const { at } of office.press.printed) expect(at - asked).toBeGreaterThanOrEqual(600);
  });

  it('reach an instance whose clock is behind that of the one that has announced them', async () => {
    const [store, prefix] = [new MemoryProcessStore(), aPrefix()];
    const teller = await open({ store, prefix, worker: { enabled: false } });
    const worker = await open({ store, prefix, worker: { sweepInterval: '1h' } });
    const { clock } = worker.app.get(Engine).parts;
    const now = clock.now.bind(clock);
    clock.now = () => new Date(now().getTime() - 300);
    await worker.allDone(await teller.start(LetterWorkflow, 3));
    expect(worker.press.printed.length).toBe(3);
  });

  it('of parallel steps run in their queues, at the same time', async () => {
    const office = await open();
    office.press.shut();
    const ids = await office.start(PairWorkflow, 1);
    await until(() => office.press.printed.length, (count) => count === 2); // prettier-ignore
    office.press.open();
    await office.allDone(ids);
  });

  it('keep to the rate, in all instances together', async () => {
    const [store, prefix, rate] = [new MemoryProcessStore(), aPrefix(), { max: 3, per: 500 }];
    const queues = { letters: { rate }, parcels: {} };
    const all = [await open({ store, prefix, queues }), await open({ store, prefix, queues })];
    const ids = [...(await all[0]!.start(LetterWorkflow, 5)), ...(await all[1]!.start(LetterWorkflow, 5))];
    await all[0]!.allDone(ids);
    const times = all.flatMap(({ press }) => press.printed.map(({ at }) => at));
    expect(times.length).toBe(10);
    const inOneAfter = (from: number) => times.filter((at) => at >= from && at < from + rate.per * 0.9).length;
    expect(Math.max(...times.map(inOneAfter))).toBeLessThanOrEqual(2 * rate.max); // two windows touch it
  });

  it('that are forged are dropped', async () => {
    const prefix = aPrefix();
    const office = await open({ prefix, queues: { letters: { concurrency: 1 }, parcels: {} } });
    const [parcels, letters] = [look(`${prefix}parcels`), look(`${prefix}letters`)];
    office.press.shut();
    const ids = await office.start(LetterWorkflow, 2);
    const [stolen] = await until(() => letters.getWaiting(), (jobs) => jobs.length === 1); // prettier-ignore
    const odd = [
      null,
      7,
      'text',
      [],
      {},
      { id: 5 },
      { id: {} },
      { id: 'x' },
      { id: 'a|b|NaN|1e9|parcels' },
      { id: 'a%00|b|1|1|parcels' },
      { id: 'a|b|99999999999|1|parcels' },
      stolen!.data,
    ];
    for (const data of odd) await parcels.add(data);
    await parcels.add('some name', { id: 'a|0|1|0|parcels' });
    await until(() => parcels.getJobCounts(), ({ waiting, active }) => waiting + active === 0); // prettier-ignore
    expect(office.press.printed.length).toBe(1); // the stolen one did not get past the limit of its queue
    const [putBack] = await until(() => parcels.getDelayed(), (jobs) => jobs.length > 0); // prettier-ignore
    expect(putBack).toMatchObject({ data: { id: 'a|0|1|0|parcels' } }); // a task of a process that is not here
    office.press.open();
    await office.allDone([...ids, ...(await office.start(PairWorkflow, 1))]);
    expect(office.press.printed.length).toBe(4);
    expect(await parcels.getJobCounts()).toMatchObject({ completed: 0, failed: 0 });
  });

  it('are added however many they are, and not if they are for next month', async () => {
    const prefix = aPrefix();
    const office = await open({ prefix, worker: { enabled: false } });
    const [letters, now, day] = [look(`${prefix}letters`), Date.now(), 24 * 60 * 60 * 1000];
    const at = (readyAt: number, number: number): Task => ({ id: `p${number}|0|1|0|letters`, queue: 'letters', readyAt });
    await office.app.get(TaskQueue).notify([at(now + 25 * day, 1), at(now + 23 * day, 2), ...Array.from({ length: 1200 }, (_, i) => at(now, i + 3))]);
    expect(await letters.getJobCounts()).toMatchObject({ waiting: 1200, delayed: 1 });
    expect(await look(`${prefix}parcels`).getJobCounts()).toMatchObject({ waiting: 0, delayed: 0 });
    const [job] = await letters.getDelayed();
    expect(job!.data).toEqual({ id: 'p2|0|1|0|letters' });
  });

  it('stay for others when an instance has stopped', async () => {
    const prefix = aPrefix();
    const office = await open({ prefix, worker: { sweepInterval: '1h' } });
    await office.allDone(await office.start(LetterWorkflow, 1));
    await office.app.get(TaskQueue).stop();
    await office.start(LetterWorkflow, 3);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await look(`${prefix}letters`).getWaitingCount()).toBe(3);
  });

  it('that come back from an old backup run nothing', async () => {
    const prefix = aPrefix();
    const office = await open({ prefix });
    const letters = look(`${prefix}letters`);
    const ids = await office.start(LaterWorkflow, 1);
    const [job] = await until(() => letters.getDelayed(), (jobs) => jobs.length === 1); // prettier-ignore
    await office.allDone(ids);
    for (let times = 0; times < 3; times++) await letters.add(job!.data);
    await until(() => letters.getJobCounts(), (counts) => Object.values(counts).every((count) => count === 0)); // prettier-ignore
    expect(office.press.printed.length).toBe(1);
  });

  it('are not those of a queue of the same name that the application has', async () => {
    const office = await open({ more: { imports: [BullModule.registerQueue({ name: 'letters' })], providers: [OwnLetters] } });
    await office.app.get<Queue>(getQueueToken('letters')).add({ own: true });
    await office.allDone(await office.start(LetterWorkflow, 3));
    await until(() => office.app.get(OwnLetters).seen.length, (count) => count > 0); // prettier-ignore
    expect(office.app.get(OwnLetters).seen).toEqual([{ own: true }]);
    expect(office.press.printed.length).toBe(3);
  });

  it('do not take over what the application says of its own jobs', async () => {
    const defaultJobOptions = { timeout: 20, attempts: 5, delay: 60_000, removeOnComplete: false };
    const limiter = { max: 1, duration: 60_000 };
    const office = await open({ redis: { url: redis.url, prefix: mine, defaultJobOptions, limiter }, queues: { letters: { concurrency: 1 }, parcels: {} } });
    office.press.shut();
    const ids = await office.start(LetterWorkflow, 3);
    await until(() => office.press.printed.length, (count) => count === 1); // prettier-ignore
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(office.press.printed.length).toBe(1); // a time-out of Bull's would have let the next one in
    office.press.open();
    await office.allDone(ids);
  });

  it('use the connection named by configKey', async () => {
    const { imports } = bullTaskQueue({ queues: ['letters'], configKey: 'mine', prefix: 'p.' });
    const boot = (...more: NonNullable<typeof imports>) => Test.createTestingModule({ imports: [...more, ...imports!] }).compile();
    await expect(boot()).rejects.toThrow('mine');
    const module = await boot(BullModule.forRoot('mine', { url: redis.url, prefix: `${mine}-keyed` }));
    const queue = module.get<Queue>(getQueueToken('p.letters'));
    expect([queue.name, queue.toKey('wait')]).toEqual(['p.letters', `${mine}-keyed:p.letters:wait`]);
    await module.close();
    await queue.close();
  });
});
