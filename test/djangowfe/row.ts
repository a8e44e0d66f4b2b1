import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { type Class, ProcessContext } from 'nestjs-argonaut';
import { type AppSetup, bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';
import { DIGRAPHS, Script } from './workflows.js';

/** The row's scenarios on each database; no scenario of it is about a task queue. */
export async function onEachDatabase(scenarios: (database: Database) => void): Promise<void> {
  for (const cell of matrix().filter(({ queue }) => queue === 'database')) {
    const database = await cell.database();
    describe.skipIf(!isThere(database))(`${cell.name}: ${titleOf(database)}`, () => {
      scenarios(database);
      afterAll(() => database.drop());
    });
  }
}

/** One application for all tests of a database. */
export function oneApp(database: Database): Row {
  const row = new Row();
  beforeAll(async () => {
    row.app = await bootApp(database, 'database', { providers: DIGRAPHS, queues: ['work'], options: { worker: { sweepInterval: '200ms' } } });
  });
  afterAll(() => row.app?.close());
  return row;
}

/** Applications that come and go on one database; those a test leaves open are closed after it. */
export function manyApps(database: Database): (setup?: AppSetup) => Promise<Row> {
  const rows: Row[] = [];
  afterEach(() => Promise.all(rows.splice(0).map(({ app }) => app.close())));
  return async ({ options = {}, ...setup } = {}) => {
    const worker = { heartbeat: '200ms', sweepInterval: '50ms', shutdownTimeout: '1s', ...options.worker } as const;
    const row = new Row();
    row.app = await bootApp(database, 'database', { providers: DIGRAPHS, queues: ['work'], ...setup, options: { ...options, worker } });
    rows.push(row);
    return row;
  };
}

/** What a test says to the application, in few words. */
export class Row {
  app!: TestApp;

  get workflows() {
    return this.app.workflows;
  }
  get script(): Script {
    return this.app.app.get(Script);
  }
  group(): string {
    return `g-${randomUUID()}`;
  }
  settled(id: string) {
    return this.workflows.settled(id, { timeout: '10s' });
  }

  /** Started, and run to its end or to the first thing it waits for. */
  async started(workflow: Class | string, groupId = this.group(), values: object = {}) {
    const { id } = await this.workflows.start(workflow, values, { groupId });
    return { id, groupId, process: await this.settled(id) };
  }

  async until(id: string, status: string): Promise<void> {
    await until(() => this.workflows.get(id), (process) => process.status === status); // prettier-ignore
  }
  async context(id: string): Promise<any> {
    return (await this.workflows.get(id)).context;
  }
  async trace(id: string): Promise<string[]> {
    return (await this.context(id)).trace;
  }
  async types(id: string): Promise<string[]> {
    return (await this.workflows.history(id)).map(({ type }) => type);
  }
  /** The steps that were completed, in order. */
  async path(id: string): Promise<(string | null)[]> {
    return (await this.workflows.history(id)).filter(({ type }) => type === 'step-completed').map(({ step }) => step);
  }

  /** All that is stored of a process, to be compared. */
  async everything(id: string): Promise<unknown> {
    const [process, history, versions, log] = await Promise.all([
      this.workflows.get(id),
      this.workflows.history(id),
      this.app.dataSource.getRepository(ProcessContext).find({ where: { processId: id }, order: { version: 'ASC' } }),
      this.workflows.log(id),
    ]);
    return structuredClone(JSON.parse(JSON.stringify({ process, history, versions, log })));
  }
}
