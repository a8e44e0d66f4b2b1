/** Parsers that an application has set for its driver change what its own statements return, and nothing of the engine's. */
import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Step, Workflow } from '../../lib/index.js';
import { bootApp, type TestApp } from '../support/app.js';
import { type Database, isThere, mysql, postgres, titleOf } from '../support/databases.js';

class Sum {
  amount = 0;
  parts: number[] = [];
  paid = false;
}

@Workflow({ name: 'sums', context: Sum })
class Sums {
  @Step({ transactional: true }) add(sum: Sum) {
    return { amount: sum.amount + 1, parts: [...sum.parts, sum.amount] };
  }

  @Step({ on: 'paid' }) pay(_sum: Sum, { note }: { note: string }) {
    return { paid: note === 'é' };
  }
}

/** PostgreSQL's numbers for boolean, int8, int2, int4, json, float8, timestamp, timestamptz, numeric and jsonb. TypeORM itself needs texts as they are. */
const TYPES = [16, 20, 21, 23, 114, 701, 1114, 1184, 1700, 3802];

async function runsAll({ workflows, dataSource }: TestApp): Promise<void> {
  const begin = { amount: 2 ** 52, parts: [1, 2] };
  const { id } = await dataSource.transaction((manager) => workflows.start(Sums, begin, { groupId: 'g', manager }));
  expect(await workflows.settled(id)).toMatchObject({ status: 'waiting', revision: expect.any(Number), finishedAt: null, startedAt: expect.any(Date) });
  expect(await workflows.get(id)).toMatchObject({ status: 'waiting', context: { amount: 2 ** 52 + 1, parts: [1, 2, 2 ** 52] } });
  expect((await workflows.find({ workflow: Sums })).items).toMatchObject([{ id, contextVersion: 2 }]);
  const told = await dataSource.transaction((manager) => workflows.emit('paid', 'g', { note: 'é' }, { manager, messageId: '1' }));
  expect(told).toEqual([{ processId: id, disposition: 'delivered' }]);
  expect(await workflows.emit('paid', 'g', { note: 'é' }, { messageId: '1' })).toEqual([{ processId: id, disposition: 'duplicate' }]);
  expect(await workflows.settled(id)).toMatchObject({ status: 'completed' });
  expect(await workflows.get(id)).toMatchObject({ context: { paid: true }, waits: [] });
  const records = await workflows.history(id);
  expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_record, i) => i + 1));
  expect(records.every(({ createdAt }) => Math.abs(createdAt.getTime() - Date.now()) < 600_000)).toBe(true);
}

const onPostgres = await postgres();
describe.skipIf(!isThere(onPostgres))(titleOf(onPostgres), () => {
  afterAll(() => onPostgres.drop());
  const before = TYPES.map((type) => pg.types.getTypeParser(type));
  beforeEach(() => TYPES.forEach((type) => pg.types.setTypeParser(type, (text: string) => ({ parsed: text }))));
  afterEach(() => TYPES.forEach((type, i) => pg.types.setTypeParser(type, before[i]!)));

  it('global parsers of pg', async () => {
    const app = await bootApp(onPostgres, 'database', { providers: [Sums] });
    await runsAll(app);
    await app.close();
  });
});

interface MysqlField {
  readonly type: string;
  string(): string | null;
}
/** TypeORM itself needs these as they are. */
const TEXTS = new Set(['VAR_STRING', 'STRING', 'BLOB']);

const POOLS = {
  'numbers as texts': { supportBigNumbers: true, bigNumberStrings: true, dateStrings: true, extra: { decimalNumbers: true, jsonStrings: true } },
  'a type cast': { extra: { typeCast: (field: MysqlField, next: () => unknown) => (TEXTS.has(field.type) ? next() : { cast: field.string() }) } },
  'named placeholders': { extra: { namedPlaceholders: true } },
} satisfies Record<string, object>;

const onMysql = await mysql();
describe.skipIf(!isThere(onMysql))(titleOf(onMysql), () => {
  afterAll(() => onMysql.drop());
  it.each(Object.keys(POOLS))('options of the pool: %s', async (name) => {
    const [options, entityPrefix] = [POOLS[name as keyof typeof POOLS], `p${name.replaceAll(' ', '')}_`];
    const database: Database = { ...onMysql, connect: (more) => onMysql.connect({ ...options, entityPrefix, ...more } as Partial<DataSourceOptions>) };
    const app = await bootApp(database, 'database', { providers: [Sums] });
    await runsAll(app);
    await app.close();
  });
});
