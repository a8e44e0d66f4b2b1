/** Two applications on one Redis, with default settings; and two instances of one. */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import Bull from 'bull';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { applicationName } from '../../lib/queue/bull/application-name.js';
import { MemoryProcessStore } from '../../lib/store/memory/memory-process-store.js';
import { until } from '../support/app.js';
import { forget, leftOut, redisForTests, titled } from '../support/redis.js';
import { LetterWorkflow, openOffice, type Office, type OfficeSetup } from './letters.js';

vi.setConfig({ testTimeout: 60_000 });

const redis = await redisForTests();
/** Of Bull, so that other test runs are left alone: the prefix of our queues is the default. */
const mine = `argonaut-test-${randomBytes(4).toString('hex')}`;

describe.skipIf(leftOut(redis))(titled('one Redis', redis), () => {
  const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
  let offices: Office[] = [];
  let test = 0;
  beforeEach(() => void test++);
  afterEach(async () => {
    for (const { app, press } of offices.splice(0)) await (press.open(), app.close());
    warned.mockClear();
  });
  afterAll(() => forget(redis.url, mine));

  const open = async (setup: Partial<OfficeSetup> = {}) => {
    const office = await openOffice({ redis: { url: redis.url, prefix: `${mine}-${test}` }, prefix: null, ...setup });
    offices.push(office);
    return office;
  };
  const leftToOthers = () => warned.mock.calls.filter(([text]) => String(text).includes('A job was left to others')).map(([text]) => String(text));

  it('of two applications of one name: each runs its own tasks and no others', async () => {
    const [one, two] = [await open(), await open()];
    one.press.shut();
    two.press.shut();
    const mineAndTheirs = [await one.start(LetterWorkflow, 5), await two.start(LetterWorkflow, 5)] as const;
    one.press.open();
    two.press.open();
    await one.allDone(mineAndTheirs[0], 40_000);
    await two.allDone(mineAndTheirs[1], 40_000);
    for (const [i, office] of [one, two].entries())
      expect(office.press.printed.map(({ id }) => id.split(' ')[0]).toSorted()).toEqual([...mineAndTheirs[i]!].toSorted());
  });

  it('a job is not taken from an application that is away: it stays in Redis, and one line says why', async () => {
    const away = await open({ worker: { enabled: false, sweepInterval: '1h' } });
    const other = await open();
    const [id] = await away.start(LetterWorkflow, 1);
    const queue = new Bull('argonaut.nestjs-argonaut.letters', redis.url, { prefix: `${mine}-${test}` });
    const [job] = await until(() => queue.getDelayed(), (jobs) => jobs.length === 1); // prettier-ignore
    expect(job).toMatchObject({ data: { id: expect.stringContaining(id!) as string } });
    await until(() => queue.getJob(job!.id), (found) => found?.attemptsMade !== undefined && found.attemptsMade > 1); // prettier-ignore
    expect(other.press.printed).toEqual([]);
    expect(leftToOthers()).toEqual([expect.stringMatching(/its process is not in this database\. If other applications use this Redis, give each a prefix of its own/)]);
    await queue.close();
  });

  it('two instances share their tasks, and none is left', async () => {
    const store = new MemoryProcessStore();
    const [one, two] = [await open({ store, queues: { letters: { concurrency: 2 }, parcels: {} } }), await open({ store, queues: { letters: { concurrency: 2 }, parcels: {} } })];
    one.press.shut();
    two.press.shut();
    const ids = await one.start(LetterWorkflow, 4);
    await until(() => one.press.printed.length + two.press.printed.length, (count) => count === 4); // prettier-ignore
    expect([one.press.printed.length, two.press.printed.length]).toEqual([2, 2]);
    one.press.open();
    two.press.open();
    await one.allDone(ids);
    expect(leftToOthers()).toEqual([]);
  });
}); // prettier-ignore

describe('the name of an application', () => {
  const folder = mkdtempSync(join(tmpdir(), 'argonaut-name-'));
  const dist = join(folder, 'shop', 'dist');
  mkdirSync(dist, { recursive: true });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const write = (where: string, what: object) => writeFileSync(join(where, 'package.json'), JSON.stringify(what));
  const nowhere = '/nowhere';
  beforeAll(() => {
    write(join(folder, 'shop'), { name: '@acme/shop' });
    write(dist, { type: 'commonjs' });
  });

  it('is that of the nearest package.json that has one, without what has a meaning in Redis', () => {
    expect(applicationName(join(dist, 'main.js'), nowhere)).toBe('acme-shop');
  });

  it('is that of the working directory under a process manager, and none without a package.json', () => {
    expect(applicationName('/usr/lib/node_modules/pm2/lib/ProcessContainerFork.js', dist)).toBe('acme-shop');
    expect(applicationName(undefined, nowhere)).toBeNull();
  });
});
