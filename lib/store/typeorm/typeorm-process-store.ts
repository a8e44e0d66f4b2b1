import type { DataSource, EntityManager } from 'typeorm';
import type { MessageState, RecordDraft, VersionDraft } from '../../core/change.js';
import { groupKey } from '../../core/group-key.js';
import { FREE, isFinished, type ProcessState, type WaitState } from '../../core/process.js';
import { type Loaded, type ProcessQuery, ProcessStore, type TaskAt, type WaitAt, type Want } from '../process-store.js';
import { AfterCommit } from './after-commit.js';
import { findQuery } from './find-query.js';
import { loadAll } from './load.js';
import { onConflict } from './overwrite.js';
import { chunks, inList, type Query } from './query.js';
import { openSchema } from './schema.js';
import { type Found, messageState, parsed, processState, recordDraft, taskAt, versionDraft, waitAt, waitState } from './states.js';

const isOpen = `p.status in ('running', 'waiting')`;
const newestSnapshot = 'select max(version) from workflow_context where process_id = ? and version <= ? and snapshot is not null';

/** What the databases have in common: all reading, and what is written rarely. SQL with `?`, which each dialect puts in its own words. */
export abstract class TypeOrmProcessStore extends ProcessStore<EntityManager> {
  private readonly commits: AfterCommit;

  constructor(
    protected readonly dataSource: DataSource,
    protected readonly dataSourceName: string,
  ) {
    super();
    this.commits = new AfterCommit(dataSource);
  }

  /** Outside of any transaction of the application. */
  abstract rows(query: Query): Promise<readonly Found[]>;
  /** The same, without waiting for a connection that the application uses: a heartbeat that waits in line is a worker taken for dead. */
  protected urgent(query: Query): Promise<readonly Found[]> {
    return this.rows(query);
  }
  /** The database's time, in its own words, ms. */
  protected abstract readonly now: string;
  /** What follows an insert that may find its row there. */
  protected overwrite(key: string, names: readonly string[]): string {
    return onConflict([key], names);
  }

  override async open(schema: 'check' | 'migrate' | 'off'): Promise<void> {
    await openSchema(this.dataSource, this.dataSourceName, schema);
  }

  override transaction<T>(work: (transaction: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work);
  }

  override afterCommit(transaction: EntityManager, done: () => void): void {
    this.commits.add(transaction, done);
  }

  /* ----------------------------------------------------------------- loading ---- */

  override load(wants: readonly Want[]): Promise<readonly (Loaded | null)[]> {
    return loadAll(this, wants);
  }

  protected async messages(ids: readonly string[]): Promise<MessageState[]> {
    return (await this.listed((list) => ({ sql: `select * from workflow_inbox where id ${list.sql}`, values: list.values }), ids)).map(messageState);
  }

  /* ---------------------------------------------------------------- messages ---- */

  override async waitsAt(addresses: readonly string[]): Promise<readonly WaitAt[]> {
    const rows = await this.listed(
      (list) => ({ sql: `select * from workflow_wait where address ${list.sql} order by since, run`, values: list.values }),
      addresses,
    );
    return rows.map(waitAt).filter(({ address }) => addresses.includes(address));
  }

  override async messagesAt(addresses: readonly string[]): Promise<readonly MessageState[]> {
    const rows = await this.listed(
      (list) => ({ sql: `select * from workflow_inbox where address ${list.sql} order by received_at, id`, values: list.values }),
      addresses,
    );
    return rows.map(messageState).filter(({ address }) => addresses.includes(address));
  }

  override async unmatched(limit: number): Promise<readonly { message: MessageState; wait: WaitAt }[]> {
    const sql = `select m.*, w.process_id as wait_process, w.token_key, w.run, w.step, w.address as wait_address, w.kind
      from workflow_inbox m join workflow_wait w on w.address = m.address and w.kind <> 'closed'
      where m.disposition = 'stored' order by m.received_at, m.id limit ?`;
    const rows = await this.rows({ sql, values: [limit] });
    const pairs = rows.map((row) => ({
      message: messageState(row),
      wait: waitAt({ ...row, process_id: row.wait_process!, address: row.wait_address! }),
    }));
    return pairs.filter(({ message, wait }) => message.address === wait.address);
  }

  override async forgetMessages(storedBefore: number): Promise<void> {
    await this.rows({ sql: `delete from workflow_inbox where disposition = 'stored' and received_at < ?`, values: [storedBefore] });
  }

  /* ------------------------------------------------------------------- sweep ---- */

  override async readyTasks(queues: readonly string[], now: number, limit: number): Promise<readonly TaskAt[]> {
    if (queues.length === 0) return [];
    const list = inList(queues);
    const sql = `select w.* from workflow_wait w join workflow_process p on p.id = w.process_id
      where w.queue ${list.sql} and w.kind = 'task' and w.ready_at <= ? and ${isOpen} order by w.ready_at limit ?`;
    return (await this.rows({ sql, values: [...list.values, now, limit] })).map(taskAt);
  }

  override async dueWaits(workflows: readonly string[], now: number, limit: number): Promise<readonly { processId: string; key: string; run: number }[]> {
    if (workflows.length === 0) return [];
    const known = inList(workflows);
    const sql = `select w.process_id, w.token_key, w.run from workflow_wait w join workflow_process p on p.id = w.process_id
      where w.due_at <= ? and p.workflow ${known.sql} order by w.due_at limit ?`;
    return (await this.rows({ sql, values: [now, ...known.values, limit] })).map(taskAt).map(({ processId, key, run }) => ({ processId, key, run }));
  }

  override async freeProcesses(workflows: readonly string[], limit: number): Promise<readonly string[]> {
    if (workflows.length === 0) return [];
    const list = inList(workflows);
    const sql = `select id from workflow_process where worker = ? and workflow ${list.sql} limit ?`;
    return (await this.rows({ sql, values: [FREE, ...list.values, limit] })).map(({ id }) => String(id));
  }

  /* ----------------------------------------------------------------- workers ---- */

  override async beat(worker: string): Promise<number> {
    await this.seen(worker, this.now);
    const [row] = await this.urgent({ sql: 'select seen_at from workflow_worker where id = ?', values: [worker] });
    return Number(row?.seen_at ?? Date.now());
  }

  override async retire(worker: string): Promise<void> {
    await this.seen(worker, '0');
  }

  private async seen(worker: string, when: string): Promise<void> {
    const sql = `insert into workflow_worker (id, seen_at, started_at) values (?, ${when}, ${this.now})${this.overwrite('id', ['seen_at'])}`;
    await this.urgent({ sql, values: [worker] });
  }

  override async silentWorkers(since: number): Promise<readonly string[]> {
    const rows = await this.rows({
      sql: `select id from workflow_worker where seen_at < ? union ${unheardOf('process')} union ${unheardOf('wait')}`,
      values: [since],
    });
    return rows.map(({ id }) => String(id));
  }

  override async heldBy(worker: string, limit: number): Promise<{ processes: { id: string; revision: number }[]; tasks: TaskAt[] }> {
    const processes = await this.rows({ sql: 'select id, revision from workflow_process where worker = ? limit ?', values: [worker, limit] });
    const tasks = await this.rows({ sql: 'select * from workflow_wait where worker = ? limit ?', values: [worker, limit] });
    return { processes: processes.map(({ id, revision }) => ({ id: String(id), revision: Number(revision) })), tasks: tasks.map(taskAt) };
  }

  override async forgetWorker(worker: string): Promise<void> {
    await this.rows({ sql: 'delete from workflow_worker where id = ?', values: [worker] });
  }

  /* ----------------------------------------------------------------- history ---- */

  override async byGroup(workflows: readonly string[], groupId: string): Promise<readonly ProcessState[]> {
    if (workflows.length === 0) return [];
    const list = inList(workflows);
    const sql = `select * from workflow_process where workflow ${list.sql} and group_key = ? order by started_at desc, id desc`;
    const found = (await this.rows({ sql, values: [...list.values, groupKey(groupId)] })).map(processState);
    return workflows.flatMap((workflow) => chosen(found.filter((process) => process.workflow === workflow)));
  }

  override async find(query: ProcessQuery): Promise<readonly ProcessState[]> {
    if (query.statuses?.length === 0) return [];
    return (await this.rows(findQuery(query))).map(processState);
  }

  override async waitsOf(processId: string): Promise<readonly WaitState[]> {
    const sql = `select * from workflow_wait where process_id = ? and kind <> 'closed' order by run, token_key`;
    return (await this.rows({ sql, values: [processId] })).map(waitState);
  }

  override async recordsOf(processId: string): Promise<readonly RecordDraft[]> {
    const rows = await this.rows({ sql: 'select * from workflow_audit where process_id = ? order by sequence', values: [processId] });
    return rows.map(recordDraft);
  }

  override async versionsUpTo(processId: string, version: number): Promise<readonly VersionDraft[]> {
    const sql = `select * from workflow_context where process_id = ? and version <= ? and version >= (${newestSnapshot}) order by version`;
    return (await this.rows({ sql, values: [processId, version, processId, version] })).map(versionDraft);
  }

  override async movesUpTo(processId: string, version: number): Promise<readonly VersionDraft['moves'][]> {
    const sql = 'select moves from workflow_context where process_id = ? and version <= ? order by version';
    return (await this.rows({ sql, values: [processId, version] })).map(({ moves }) => parsed<VersionDraft['moves']>(moves));
  }

  /** A query with an `in (...)` list, in as many pieces as the database takes. */
  async listed(query: (list: Query) => Query, values: readonly string[]): Promise<Found[]> {
    const pieces = await Promise.all(chunks(values).map((piece) => this.rows(query(inList(piece)))));
    return pieces.flat();
  }
}

/** Its row was forgotten, or it died before it wrote one: what it holds would be nobody's. */
function unheardOf(holding: 'process' | 'wait'): string {
  return `select distinct h.worker from workflow_${holding} h where h.worker > '' and not exists (select 1 from workflow_worker k where k.id = h.worker)`;
}

/** The live one, else the newest. */
function chosen(newestFirst: readonly ProcessState[]): ProcessState[] {
  const found = newestFirst.find(({ status }) => !isFinished(status)) ?? newestFirst[0];
  return found ? [found] : [];
}
