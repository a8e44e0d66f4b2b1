import type { Disposition, MessageState } from '../../core/change.js';
import { UNCLAIMED, UNCLAIMED_NEW } from '../../core/process.js';
import { MaintenanceStore } from '../maintenance-store.js';
import type {
  DeletedOutgoing, DueWait, FinishedProcess, HeldWork, InboxCount, KnownWorkflow, Match, SilentWorker, StoredDefinition, TaskAt, WorkerCount, WorkThere,
} from '../port.js'; // prettier-ignore
import type { ThreadBeat } from '../thread-beat.js';
import { census, childrenQuery, countAtQuery, forgetOlder, inboxCount, markStatement, matchIn, scheduledQuery, unmatchedQuery } from './inbox-queries.js'; // prettier-ignore
import type { MessagePlace } from './message-query.js';
import { deleteRead, finishedQuery } from './deletion-queries.js';
import { orphansQuery } from './orphans-query.js';
import { allTrue, inList, isKnown, processOfWait } from './query.js';
import type { SqlReader, SqlWords } from './sql-reader.js';
import { finishedProcess, messageState, storedDefinition, taskAt } from './states.js';
import type { TableNames } from './table-names.js';
import { firstMoment, heldRows, momentQuery, workQuery, workThere } from './work-query.js';
import { seenAt, silentWorker, silentWorkers, workerCount, workerCounts } from './worker-queries.js';

/** The driver and connection for a thread, without its statements. */
export type ThreadClient = Omit<ThreadBeat, 'statements'>;

const isOpen = `p.status in ('running', 'waiting')`;

/** The sweep, the heartbeat and the table of definitions, the same on all databases. */
export class TypeOrmMaintenance extends MaintenanceStore {
  constructor(
    private readonly reader: SqlReader,
    /** Has a connection that may be held for a while: deleting many rows must not keep decisions from reading. */
    private readonly patient: SqlReader,
    private readonly words: SqlWords,
    private readonly tables: TableNames,
    /** Null: no thread can connect. */
    private readonly threadClient: () => ThreadClient | null,
  ) {
    super();
  }

  /* ------------------------------------------------------------------- sweep ---- */

  override async workAt(now: number, queues: readonly string[]): Promise<WorkThere> {
    const [row] = await this.reader.rows(workQuery(this.words.now, now, queues));
    return workThere(row!);
  }

  override async nextMoment(after: number): Promise<number | null> {
    const [row] = await this.reader.rows(momentQuery(after));
    return firstMoment(row!);
  }

  override async dueWaits(workflows: readonly KnownWorkflow[], now: number, limit: number): Promise<readonly DueWait[]> {
    if (workflows.length === 0) return [];
    const known = processOfWait(isKnown(workflows));
    const sql = `select w.process_id, w.token_key, w.run from workflow_wait w where w.due_at <= ? and ${known.sql} order by w.due_at limit ?`;
    return (await this.reader.rows({ sql, values: [now, ...known.values, limit] })).map(taskAt).map(({ processId, key, run }) => ({ processId, key, run }));
  }

  override async freeProcesses(workflows: readonly KnownWorkflow[], limit: number): Promise<readonly string[]> {
    if (workflows.length === 0) return [];
    const begun = await this.unclaimed(UNCLAIMED, workflows, limit);
    return begun.length === limit ? begun : [...begun, ...(await this.unclaimed(UNCLAIMED_NEW, workflows, limit - begun.length))];
  }

  private async unclaimed(marker: string, workflows: readonly KnownWorkflow[], limit: number): Promise<string[]> {
    const known = isKnown(workflows);
    const sql = `select p.id from workflow_process p where p.worker = ? and ${known.sql} limit ?`;
    return (await this.reader.rows({ sql, values: [marker, ...known.values, limit] })).map(({ id }) => String(id));
  }

  override async readyTasks(workflows: readonly KnownWorkflow[], queues: readonly string[], now: number, limit: number): Promise<readonly TaskAt[]> {
    if (workflows.length === 0 || queues.length === 0) return [];
    const [known, list] = [processOfWait(allTrue(isOpen, isKnown(workflows))), inList(queues)];
    const sql = `select w.* from workflow_wait w
      where w.queue ${list.sql} and w.kind = 'task' and w.ready_at <= ? and ${known.sql} order by w.ready_at limit ?`;
    return (await this.reader.rows({ sql, values: [...list.values, now, ...known.values, limit] })).map(taskAt);
  }

  override async unmatched(workflows: readonly KnownWorkflow[], limit: number, after?: Match): Promise<readonly Match[]> {
    if (workflows.length === 0) return [];
    const pairs = (await this.reader.rows(unmatchedQuery(workflows, limit, after))).map(matchIn);
    return pairs.filter(({ message, wait }) => message.address === wait.address);
  }

  /* ------------------------------------------------------------------- inbox ---- */

  override async scheduledMessages(now: number, limit: number, after?: MessagePlace): Promise<readonly MessageState[]> {
    return (await this.reader.rows(scheduledQuery(now, limit, after))).map(messageState);
  }

  override async markMessage(id: string, from: readonly Disposition[], to: Disposition, reason: string | null): Promise<boolean> {
    return (await this.reader.changed(markStatement(id, from, to, reason))) > 0;
  }

  override async inboxCensus(): Promise<readonly InboxCount[]> {
    return (await this.reader.rows({ sql: census, values: [] })).map(inboxCount);
  }

  override async countAt(addresses: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map((await this.reader.listed(countAtQuery, addresses)).map(({ address, messages }) => [String(address), Number(messages)]));
  }

  override async forgetMessages(storedBefore: number): Promise<void> {
    await this.reader.rows({ sql: forgetOlder, values: [storedBefore] });
  }

  /* ---------------------------------------------------------------- children ---- */

  override async childrenToStart(limit: number, after?: MessagePlace): Promise<readonly MessageState[]> {
    return (await this.reader.rows(childrenQuery(limit, after))).map(messageState);
  }

  override async orphans(parentId: string | null, limit: number): Promise<readonly string[]> {
    return (await this.reader.rows(orphansQuery(parentId, limit, this.words.endOfChild))).map(({ id }) => String(id));
  }

  /* ---------------------------------------------------------------- deletion ---- */

  override async finishedOf(workflow: string, finishedBefore: number, limit: number, after?: FinishedProcess): Promise<readonly FinishedProcess[]> {
    return (await this.patient.rows(finishedQuery(workflow, finishedBefore, limit, this.words.byEnd, after))).map(finishedProcess);
  }

  /** One that another transaction holds is left out: another instance deletes it, or a person restarts it. */
  override async deleteFinished(processes: readonly Pick<FinishedProcess, 'id' | 'revision'>[], outgoing: DeletedOutgoing): Promise<readonly string[]> {
    return deleteRead(this.patient, this.words.skipLocked, processes, outgoing);
  }
  override async deleteUnreceived(ids: readonly string[]): Promise<void> {
    await this.patient.listed((list) => `delete from workflow_inbox where process_id is null and id ${list}`, ids);
  }

  /* ----------------------------------------------------------------- workers ---- */

  override async beat(worker: string): Promise<number> {
    await this.reader.rows({ sql: this.seenSql(this.words.now), values: [worker] });
    const [row] = await this.reader.rows({ sql: seenAt, values: [worker] });
    return Number(row?.seen_at ?? Date.now());
  }

  override threadBeat(): ThreadBeat | null {
    const client = this.threadClient();
    const place = client?.client === 'pg' ? '$1' : '?';
    return client && { ...client, statements: [this.seenSql(this.words.now), seenAt].map((sql) => this.tables.in(sql.replace('?', place))) };
  }

  override async retire(worker: string): Promise<void> {
    await this.reader.rows({ sql: this.seenSql('0'), values: [worker] });
  }

  private seenSql(when: string): string {
    return `insert into workflow_worker (id, seen_at, started_at) values (?, ${when}, ${this.words.now})${this.words.overwrite('id', ['seen_at'])}`;
  }

  override async silentWorkers(since: number): Promise<readonly SilentWorker[]> {
    return (await this.reader.rows({ sql: silentWorkers, values: [since] })).map(silentWorker);
  }

  override async heldBy(worker: string, limit: number, except: readonly string[] = []): Promise<HeldWork> {
    const processes = await this.reader.rows(heldRows('process', worker, limit, except));
    const tasks = await this.reader.rows(heldRows('wait', worker, limit, except));
    return { processes: processes.map(({ id, revision }) => ({ id: String(id), revision: Number(revision) })), tasks: tasks.map(taskAt) };
  }

  override async forgetWorker(worker: string): Promise<void> {
    await this.reader.rows({ sql: 'delete from workflow_worker where id = ?', values: [worker] });
  }

  override async workers(): Promise<readonly WorkerCount[]> {
    return (await this.reader.rows({ sql: workerCounts, values: [] })).map(workerCount);
  }

  /* ------------------------------------------------------------- definitions ---- */

  override async definitions(since = 0): Promise<readonly StoredDefinition[]> {
    const sql = 'select * from workflow_definition where updated_at >= ? order by name, version';
    return (await this.reader.rows({ sql, values: [since] })).map(storedDefinition);
  }

  override async keepDefinition(definition: Omit<StoredDefinition, 'updatedAt'>, expected: string | null): Promise<boolean> {
    const { name, version, fingerprint, document } = definition;
    const values = [fingerprint, document, definition.withdrawn ? 1 : 0];
    if (expected === null) return this.insertDefinition([...values, name, version]);
    const set = `fingerprint = ?, document = ?, withdrawn = ?, updated_at = ${this.words.now}`;
    const sql = `update workflow_definition set ${set} where name = ? and version = ? and fingerprint = ?`;
    return (await this.reader.changed({ sql, values: [...values, name, version, expected] })) > 0;
  }

  private async insertDefinition(values: readonly unknown[]): Promise<boolean> {
    const sql = `insert into workflow_definition (fingerprint, document, withdrawn, name, version, updated_at) values (?, ?, ?, ?, ?, ${this.words.now})`;
    return (await this.reader.changed({ sql: `${sql}${this.words.unlessThere}`, values })) > 0;
  }
}
