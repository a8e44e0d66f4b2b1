import 'reflect-metadata';
import { createConnection } from 'mysql2/promise';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { afterAll, describe, expect, it } from 'vitest';
import { checkCall } from '../../lib/context/call-checks.js';
import { InvalidInputError, Process, Step, Workflow, workflowEntities } from '../../lib/index.js';
import { bootApp } from '../support/app.js';
import { type Database, isThere, mysql, titleOf } from '../support/databases.js';
import { type BreakableServer, programsOf, serverKinds, startServer } from '../support/servers.js';
import { contractOn } from '../support/store-contract.js';

const kind = serverKinds.find(({ name }) => name === 'MySQL')!;
const { found, missing } = programsOf(kind);

/** As an old installation has it: nothing is strict, quotes are read in another way, and texts are latin1 by default. */
const SETTINGS = ['--sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES,IGNORE_SPACE', '--character-set-server=latin1', '--collation-server=latin1_swedish_ci', '--transaction-isolation=SERIALIZABLE']; // prettier-ignore
const old = { ...kind, command: (...given: Parameters<typeof kind.command>) => [...kind.command(...given), ...SETTINGS] };

const opened: DataSource[] = [];
let server: BreakableServer | undefined;
afterAll(() => server?.stop());

async function onOldServer(): Promise<Database> {
  const name = 'MySQL with settings of its own';
  if (missing.length > 0) return { name, missing: `no ${missing.join(', ')}`, connect: () => Promise.reject(new Error(name)), drop: async () => {} };
  server = await startServer(old, found);
  const admin = await createConnection(server.url);
  await admin.query('create database old');
  await admin.end();
  const url = `${server.url}/old`;
  const connect = async (more?: Partial<DataSourceOptions>) => {
    const dataSource = await new DataSource({ type: 'mysql', url, entities: workflowEntities, ...more } as DataSourceOptions).initialize();
    opened.push(dataSource);
    return dataSource;
  };
  const drop = async () => {
    for (const dataSource of opened.splice(0)) if (dataSource.isInitialized) await dataSource.destroy();
  };
  return { name, missing: null, connect, drop };
}

class Note {
  text = '';
}

@Workflow({ name: 'note', context: Note })
class Notes {
  @Step({ transactional: true }) write(note: Note) {
    return { text: `${note.text} \u{1F469}‍\u{1F467} it's \\ "ü"` };
  }
}

const TEXT = `\u{1F680} rocket's "é" \\ done\n`;

/** In a transaction of the application, in a transactional step, and without a transaction. */
async function keepsTexts(database: Database): Promise<void> {
  const app = await bootApp(database, 'database', { providers: [Notes] });
  const values = { text: TEXT };
  const within = await app.dataSource.transaction((manager) => app.workflows.start(Notes, values, { groupId: `it's é`, reason: TEXT, manager }));
  const alone = await app.workflows.start(Notes, values, { groupId: 'alone', reason: TEXT });
  for (const { id } of [within, alone]) {
    expect(await app.workflows.settled(id)).toMatchObject({ status: 'completed' });
    expect((await app.workflows.get(id)).context).toEqual({ text: `${TEXT} \u{1F469}‍\u{1F467} it's \\ "ü"` });
    expect((await app.workflows.history(id))[0]).toMatchObject({ reason: TEXT });
  }
  expect(await app.workflows.get(within.id)).toMatchObject({ groupId: `it's é` });
  expect(await app.dataSource.getRepository(Process).countBy({ groupId: 'alone' })).toBe(1);
  await app.close();
}

const ordinary = await mysql();
afterAll(() => (isThere(ordinary) ? ordinary.drop() : undefined));
describe.skipIf(!isThere(ordinary))(titleOf(ordinary), () => {
  it.each(['utf8mb4_unicode_ci', 'utf8_general_ci', 'latin1_swedish_ci'])(
    'texts are kept as they are through a pool with the character set of %s',
    async (charset) => {
      const prefix = `c${charset.replaceAll('_', '')}_`;
      await keepsTexts({ ...ordinary, connect: (more) => ordinary.connect({ charset, entityPrefix: prefix, ...more } as Partial<DataSourceOptions>) });
    },
  );
});

it('two ids that a blank at the end would make one on MySQL are no ids, on any database', () => {
  for (const id of ['a ', ' a', 'a\n'])
    expect(() => checkCall('start', { id })).toThrow(new InvalidInputError('id', ['it must not begin or end with a blank']));
  expect(() => checkCall('start', { id: 'a b' })).not.toThrow();
});

const oldServer = await onOldServer();
describe.skipIf(!isThere(oldServer))(titleOf(oldServer), () => {
  it('texts are kept as they are', () =>
    keepsTexts({ ...oldServer, connect: (more) => oldServer.connect({ entityPrefix: 'app_', ...more } as Partial<DataSourceOptions>) }));
});
contractOn(oldServer);
