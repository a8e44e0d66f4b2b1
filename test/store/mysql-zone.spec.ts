import { createConnection } from 'mysql2/promise';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTypeOrmStore } from '../../lib/store/typeorm/create-store.js';
import { workflowEntities } from '../../lib/store/typeorm/entities/workflow-entities.js';
import type { ThreadBeat } from '../../lib/store/thread-beat.js';
import { type BreakableServer, programsOf, serverKinds, startServer } from '../support/servers.js';

const kind = serverKinds.find(({ name }) => name === 'MySQL')!;
const { found, missing } = programsOf(kind);

/** A server in a zone with summer time: the same local hour comes twice when it ends. */
const inBerlin = { ...kind, command: (...given: Parameters<typeof kind.command>) => ['/usr/bin/env', 'TZ=Europe/Berlin', ...kind.command(...given)] };

/** The hours before and after both changes of 2026. */
const moments = [
  '2026-10-24T23:59:59Z',
  '2026-10-25T00:00:10Z',
  '2026-10-25T01:00:10Z',
  '2026-10-25T02:00:10Z',
  '2026-03-29T00:59:59Z',
  '2026-03-29T01:00:00Z',
];

const title = `a MySQL server in Europe/Berlin${missing.length > 0 ? ` (left out: there is no ${missing.join(', ')})` : ''}`;
describe.skipIf(missing.length > 0)(title, () => {
  let server: BreakableServer;
  let dataSource: DataSource;
  let beat: ThreadBeat;
  beforeAll(async () => {
    server = await startServer(inBerlin, found);
    const admin = await createConnection(server.url);
    await admin.query('create database zone');
    await admin.end();
    dataSource = await new DataSource({ type: 'mysql', url: `${server.url}/zone`, entities: workflowEntities }).initialize();
    const store = createTypeOrmStore(dataSource);
    await store.open('migrate');
    beat = store.maintenance.threadBeat('worker')!;
    await store.close();
  }, 120_000);
  afterAll(async () => {
    await dataSource?.destroy();
    await server?.stop();
  });

  /** What a beat records at this moment, in a session of this zone. */
  async function seenAt(moment: string, zone: string): Promise<number> {
    const session = await createConnection(`${server.url}/zone`);
    await session.query(`set time_zone = '${zone}'`);
    await session.query(`set timestamp = ${Date.parse(moment) / 1000}`);
    let rows: unknown;
    for (const sql of beat.statements) [rows] = await session.query(sql, ['worker']);
    await session.end();
    return Number((rows as { seen_at: number }[])[0]!.seen_at);
  }

  it('has the local time that it is here for', async () => {
    const [row] = (await dataSource.query('select timestampdiff(hour, utc_timestamp(), now()) as hours')) as { hours: string }[];
    expect(['1', '2']).toContain(String(row!.hours));
  });

  it.each(moments.flatMap((moment) => ['SYSTEM', '+00:00', '-05:30'].map((zone) => [moment, zone])))(
    'tells %s as it is, in a session of the zone %s',
    async (moment, zone) => {
      expect(new Date(await seenAt(moment!, zone!)).toISOString()).toBe(new Date(moment!).toISOString());
    },
  );
});
