import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Instance, until } from '../../sample-app/src/story/instance.js';
import { LoanByHttp } from '../../sample-app/src/story/loan-by-http.js';
import { built, completions, Place } from './app.js';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

const postgresUrl = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const redisUrl = new URL(process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379');
const database = `argonaut_sample_${randomBytes(4).toString('hex')}`;

const missing = [
  await sql('select 1').then(() => null, () => 'no PostgreSQL'),
  (await answers(redisUrl.hostname, Number(redisUrl.port || 6379))) ? null : 'no Redis',
].filter((each) => each !== null); // prettier-ignore
if (missing.length > 0 && process.env.CI) throw new Error(missing.join(', '));

describe.skipIf(missing.length > 0)(`two instances over PostgreSQL and Bull${missing.map((each) => `, left out: ${each}`).join('')}`, () => {
  let place: Place;
  let first: Instance;
  let second: Instance;
  beforeAll(async () => {
    await built();
    await sql(`create database ${database}`);
    const url = new URL(postgresUrl);
    url.pathname = database;
    redisUrl.pathname = '/13'; // nobody else's tasks
    place = new Place({ DATABASE_URL: url.href, REDIS_URL: redisUrl.href });
    [first, second] = await Promise.all([place.start(), place.start()]); // both make the tables
  });
  afterAll(async () => {
    await place?.leave();
    await sql(`drop database if exists ${database} with (force)`);
  });

  it('work on the same loans, each step once', async () => {
    const loans = Array.from({ length: 10 }, (_, i) => new LoanByHttp(i % 2 ? first : second, `L-${i}`));
    await Promise.all(loans.map((loan) => loan.apply()));
    for (const loan of loans) {
      expect(await loan.ends()).toMatchObject({ status: 'completed', loan: { outcome: 'paid' } });
      expect(completions(await loan.history())).toHaveLength(6);
    }
    const workers = (await Promise.all(loans.map((loan) => loan.history()))).flat().map(({ worker }) => worker);
    expect(new Set(workers).size).toBe(2);
  });

  it('refuse a second live loan of one reference', async () => {
    const loan = new LoanByHttp(first, 'L-twice');
    const tries = await Promise.allSettled([loan.apply(), new LoanByHttp(second, 'L-twice').apply()]);
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await loan.ends();
  });

  it('share the items of one process, each done once', async () => {
    const { id } = await first.post<{ id: string }>('/liteflow/08-several-nodes');
    await until('completed', async () => (await second.get<{ status: string }>(`/liteflow/${id}`)).status === 'completed');
    const { done } = (await first.get<{ data: { done: { item: number; by: number }[] } }>(`/liteflow/${id}`)).data;
    expect(done.map(({ item }) => item).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Set(done.map(({ by }) => by))).toEqual(new Set([first.pid, second.pid]));
  });

  it('an event told to one reaches what the other has started', async () => {
    const { id } = await first.post<{ id: string }>('/liteflow/03-events', { id: 'between-two' });
    expect(await second.post('/liteflow/events/between-two', { data: 'hello' })).toMatchObject([{ disposition: 'delivered' }]);
    await until('completed', async () => (await first.get<{ status: string }>(`/liteflow/${id}`)).status === 'completed');
  });

  it('one takes over when the other is killed', async () => {
    const loan = new LoanByHttp(first, 'L-killed');
    await loan.apply();
    const worker = await loan.runs('score');
    const [killed, other] = worker.includes(`-${first.pid}-`) ? [first, second] : [second, first];
    await killed.stop('SIGKILL');
    loan.instance = other;
    expect(await loan.ends()).toMatchObject({ status: 'completed', loan: { outcome: 'paid' } });
    expect(completions(await loan.history()).sort()).toEqual(['decide', 'fraud', 'identity', 'pay', 'register', 'score']);
    [first, second] = [other, await place.start()]; // other tests may come after this one
  });
});

async function sql(statement: string): Promise<void> {
  const client = new Client({ connectionString: postgresUrl, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false)).once('timeout', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  }); // prettier-ignore
}
