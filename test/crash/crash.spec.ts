import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditRecord, Process, ProcessContext } from '../../lib/index.js';
import type { DataSource } from 'typeorm';
import { openOwn } from '../../lib/store/typeorm/sqlite/native.js';
import { isLocked } from '../../lib/store/typeorm/sqlite/sqlite-errors.js';
import { type Cell, matrix, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';
import { instancesOf } from '../support/instances.js';
import type { InstanceOptions, Order, Word } from './instance.js';

type Body = Extract<Word, { body: string }>;
type Sent = Extract<Word, { sent: string }>;

const newInstance = await instancesOf(new URL('./instance.ts', import.meta.url));

/** Instances of one application, and all they have said. */
class Cluster {
  readonly instances: ChildProcess[] = [];
  readonly words: Word[] = [];
  private readonly listeners = new Set<(word: Word) => void>();
  private readonly silenced = new Set<number>();

  constructor(private readonly options: InstanceOptions) {}

  async add(count: number): Promise<void> {
    const all = Array.from({ length: count }, () => newInstance(this.options));
    this.instances.push(...all);
    await Promise.all(all.map((child) => this.listen(child)));
  }

  private listen(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`An instance ended with ${code} before it was ready.`)));
      child.on('message', (word: Word) => {
        this.words.push(word);
        if ('ready' in word) resolve();
        for (const tell of this.listeners) tell(word);
      });
    });
  }

  start(groupId: string): void {
    this.ask({ start: groupId });
  }

  ask(order: Order): void {
    this.instances.find((child) => child.connected && !this.silenced.has(child.pid!))!.send(order);
  }

  next<T extends Word>(is: (word: Word) => word is T): Promise<T> {
    return new Promise((resolve) => {
      const listener = (word: Word) => {
        if (!is(word)) return;
        this.listeners.delete(listener);
        resolve(word);
      };
      this.listeners.add(listener);
    });
  }

  bodies(processId: string): Body[] {
    return this.words.filter((word): word is Body => 'body' in word && word.processId === processId);
  }

  kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
    if (signal === 'SIGCONT') this.silenced.delete(pid);
    else this.silenced.add(pid);
    process.kill(pid, signal);
  }

  close(): void {
    for (const child of this.instances) child.kill('SIGKILL');
  }
}

const begins = (name: string) => (word: Word): word is Body => 'body' in word && word.body === name; // prettier-ignore
const started = (word: Word): word is { started: string } => 'started' in word;

for (const cell of matrix()) {
  const database = await cell.database();
  describe.skipIf(!isThere(database))(`${cell.name}: ${titleOf(database)}`, () => crashes(cell, database));
}

function crashes(cell: Cell, database: Database): void {
  let cluster: Cluster;
  let dataSource: DataSource;

  beforeAll(async () => {
    dataSource = await database.connect();
    const redis = cell.queue === 'bull' ? { url: (await (await import('../support/redis.js')).redisForTests()).url, prefix: randomUUID() } : undefined;
    cluster = new Cluster({ database: optionsOf(dataSource), ...(redis && { redis }) });
    await cluster.add(1); // makes the tables
    await cluster.add(2);
  }, 60_000);
  afterAll(async () => {
    cluster?.close();
    await database.drop();
  });

  const processOf = (id: string) => dataSource.getRepository(Process).findOneByOrFail({ id });
  /** Redis may have handed a job to a worker that is stopped just then: Bull gives it to another after its second look at stalled jobs, 30 s apart. */
  const completed = (id: string) => until(() => processOf(id), ({ status }) => status === 'completed', cell.queue === 'bull' ? 75_000 : 15_000); // prettier-ignore

  async function expectWhole(id: string): Promise<void> {
    const records = await dataSource.getRepository(AuditRecord).find({ where: { processId: id }, order: { sequence: 'ASC' } });
    const steps = records.filter(({ type }) => type === 'step-completed').map(({ step }) => step);
    expect(steps.toSorted()).toEqual(['first', 'last', 'left', 'right', 'second']);
    expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, i) => i + 1));
    const versions = await dataSource.getRepository(ProcessContext).find({ where: { processId: id }, order: { version: 'ASC' } });
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
  }

  async function startedProcess(): Promise<string> {
    const word = cluster.next(started);
    cluster.start(randomUUID());
    return (await word).started;
  }

  // The task queue has a part in the tasks only.
  it.each(cell.queue === 'bull' ? ['left'] : ['second', 'left', 'last'])(
    'kill -9 in the middle of "%s": another instance finishes the process, each completion recorded once',
    async (step) => {
      const begun = cluster.next(begins(step));
      const id = await startedProcess();
      const { pid } = await begun;
      cluster.kill(pid);
      await completed(id);
      await expectWhole(id);
      const runs = cluster.bodies(id).filter(({ body }) => body === step);
      expect(runs.length).toBeGreaterThan(1); // it bit: the body ran again
      expect(new Set(runs.map((run) => run.pid)).size).toBe(2);
      expect(runs.at(-1)!.attempt).toBe(2);
      await cluster.add(1);
    },
    60_000,
  );

  const sent = (id: string) => cluster.words.filter((word): word is Sent => 'sent' in word && word.processId === id);

  /** Each message that was recorded was transmitted, in the order of its step, and one that came again has its id. */
  async function expectSent(id: string): Promise<void> {
    const records = await dataSource.getRepository(AuditRecord).find({ where: { processId: id, type: 'send-requested' }, order: { sequence: 'ASC' } });
    const ids = await until(() => [...new Set(sent(id).map((word) => word.id))], ({ length }) => length === records.length); // prettier-ignore
    expect(ids).toEqual(records.map(({ detail }) => detail!.split(':')[0]));
    expect(new Set(sent(id).map((word) => `${word.sent} ${word.id}`)).size).toBe(5);
    await until(() => dataSource.query(`select count(*) as left_over from workflow_outbox where process_id = '${id}'`) as Promise<{ left_over: string }[]>, ([row]) => Number(row!.left_over) === 0); // prettier-ignore
  }

  it.skipIf(cell.queue === 'bull')(
    'kill -9 in the middle of a transmission: another instance transmits it again, under its id, and those behind it',
    async () => {
      const begun = cluster.next((word): word is Sent => 'sent' in word && word.sent === 'second');
      const id = await startedProcess();
      cluster.kill((await begun).pid);
      await completed(id);
      await expectSent(id);
      const twice = sent(id).filter((word) => word.sent === 'second');
      expect(twice.length, 'it bit').toBeGreaterThan(1);
      expect(new Set(twice.map((word) => word.pid)).size).toBe(2);
      await cluster.add(1);
    },
    60_000,
  );

  it.skipIf(cell.queue === 'bull')(
    'kill -9 in the middle of the handler of an event: every event is handled, each recorded once and in order, and so is the flow beside it',
    async () => {
      const [groupId, word, second] = [randomUUID(), cluster.next(started), cluster.next(begins('second'))];
      cluster.start(groupId);
      const { started: id } = await word;
      await second;
      const [third, told] = [cluster.next(begins('told 3')), cluster.next((said): said is { told: string } => 'told' in said)];
      cluster.ask({ tell: groupId, words: ['1', '2', '3', '4', '5'] });
      await told;
      cluster.kill((await third).pid);
      await completed(id);
      const { steps } = (await dataSource.getRepository(ProcessContext).find({ where: { processId: id }, order: { version: 'ASC' } })).reduce(
        (values, { patch }) => ({ ...values, ...patch }),
        {} as Record<string, any>,
      );
      expect((steps as string[]).filter((step) => step.startsWith('told'))).toEqual(['told 1', 'told 2', 'told 3', 'told 4', 'told 5']);
      expect((steps as string[]).filter((step) => !step.startsWith('told')).toSorted()).toEqual(['first', 'last', 'left', 'right', 'second']);
      await cluster.add(1);
    },
    60_000,
  );

  /** SQLite has one writer at a time: stopped in the middle of a write, a process would keep everybody out, and nobody could take over. */
  async function stopOutsideAWrite(pid: number): Promise<void> {
    for (;;) {
      cluster.kill(pid, 'SIGSTOP');
      await until(() => stillRunning(pid), (threads) => threads === 0); // prettier-ignore
      if (!cell.name.startsWith('sqlite') || canWrite()) return;
      cluster.kill(pid, 'SIGCONT');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** A signal returns before all threads have stopped, and the one of the heartbeat could begin to write in between. Only Linux tells. */
  function stillRunning(pid: number): number {
    const tasks = `/proc/${pid}/task`;
    if (!existsSync(tasks)) return 0;
    return readdirSync(tasks).filter((task) => !/\) [Tt] /.test(readFileSync(`${tasks}/${task}/stat`, 'utf8'))).length;
  }

  /** On a connection of its own: libsql keeps the lock after a statement that found the file locked, until that statement runs again. */
  function canWrite(): boolean {
    const own = openOwn(dataSource);
    try {
      own.exec('begin immediate');
      own.exec('rollback');
      return true;
    } catch (error) {
      if (!isLocked(error)) throw error;
      return false;
    } finally {
      own.close();
    }
  }

  it('a worker that is stopped for too long and wakes up changes nothing any more', async () => {
    const begun = cluster.next(begins('second'));
    const id = await startedProcess();
    const { pid } = await begun;
    await stopOutsideAWrite(pid);
    await completed(id).finally(() => cluster.kill(pid, 'SIGCONT'));
    const other = await startedProcess(); // the one that was stopped takes part again
    await completed(other);
    await expectWhole(id);
    await expectWhole(other);
  }, 180_000);

  it('of many processes none is lost and none is doubled while instances are killed', async () => {
    const ids: string[] = [];
    for (const step of ['left', 'last']) {
      const begun = cluster.next(begins(step));
      for (let i = 0; i < 6; i++) ids.push(await startedProcess());
      cluster.kill((await begun).pid);
      await cluster.add(1);
    }
    for (const id of ids) await completed(id);
    for (const id of ids) await expectWhole(id);
    for (const id of ids) await expectSent(id);
  }, 90_000);
}

function optionsOf({ options }: DataSource): InstanceOptions['database'] {
  const { type, url, database } = options as unknown as { type: 'postgres'; url: string; database: string };
  return (type === ('better-sqlite3' as string) ? { type, database, driverName: 'libsql' } : { type, url }) as InstanceOptions['database'];
}
