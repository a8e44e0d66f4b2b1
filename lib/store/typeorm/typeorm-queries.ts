import type { MessageState, RecordDraft, UndoMark, VersionDraft } from '../../core/change.js';
import type { OutgoingMessage } from '../../core/outgoing.js';
import type { ProcessState } from '../../core/process.js';
import type { WaitState } from '../../core/wait.js';
import type { WaitFacts } from '../../core/wait-facts.js';
import { groupKey } from '../../values/digest.js';
import { grouped } from '../../values/grouped.js';
import type {
  ContextSearch, FailureCount, KnownWorkflow, LiveCount, MessageQuery, OutboxQuery, ProcessPlace, ProcessQuery, ProcessWait, QueueCount, RecordPage, StatusCount, StoredSize, TroubleCount, WaitQuery,
} from '../port.js'; // prettier-ignore
import { frameOf, type UnpagedQuery } from '../process-frame.js';
import { type MarkedVersion, QueryStore } from '../query-store.js';
import { findQuery, momentOf, placeQuery } from './find-query.js';
import { ProcessCounts } from './process-counts.js';
import { gaugesOf } from './gauge-queries.js';
import type { StoreGauges } from '../store-gauges.js';
import { allColumns } from './migrations/tables.js';
import { inList } from './query.js';
import type { SqlReader, SqlWords } from './sql-reader.js';
import { messageQuery } from './message-query.js';
import { holdingQuery, idsQuery } from './search-query.js';
import { outboxQuery } from './outbox-query.js';
import { byteQueries, sizes } from './size-query.js';
import { messageState, outgoingMessageState, parsed, processState, queueCount, recordDraft, storedSize, versionDraft, waitState } from './states.js';
import { waitFacts, waitFactsSql, waitQuery, waitWithProcess } from './wait-query.js';

/** MariaDB sorts all of a group where the order names the columns that are given, too. */
const latestOfGroup = 'select * from workflow_process where workflow = ? and group_key = ? order by started_at desc, id desc limit 1';
const newestSnapshot = 'select max(version) from workflow_context where process_id = ? and version <= ? and snapshot is not null';

/** Questions of people, the same on all databases. */
export class TypeOrmQueries extends QueryStore {
  private readonly counts: ProcessCounts;

  constructor(
    private readonly reader: SqlReader,
    private readonly words: Pick<SqlWords, 'distinct' | 'byEnd'>,
  ) {
    super();
    this.counts = new ProcessCounts(reader, words.distinct);
  }

  /* --------------------------------------------------------------- processes ---- */

  override async byGroup(workflows: readonly string[], groupId: string): Promise<readonly ProcessState[]> {
    const live = await this.liveByGroup(workflows, [groupId]);
    const finished = workflows.filter((workflow) => !live.some((process) => process.workflow === workflow));
    const latest = await Promise.all(finished.map((workflow) => this.latest(workflow, groupId)));
    return [...live, ...latest.flat()];
  }

  /** One row of the index, however many have finished. */
  private async latest(workflow: string, groupId: string): Promise<ProcessState[]> {
    return (await this.reader.rows({ sql: latestOfGroup, values: [workflow, groupKey(groupId)] })).map(processState);
  }

  override async liveByGroup(workflows: readonly string[], groupIds: readonly string[]): Promise<readonly ProcessState[]> {
    if (workflows.length === 0) return [];
    const list = inList(workflows);
    const sql = (keys: string) => `select * from workflow_process where live = 0 and workflow ${list.sql} and group_key ${keys}`;
    return (await this.reader.listed(sql, groupIds.map(groupKey), list.values)).map(processState); // prettier-ignore
  }

  override async messagesLike(query: MessageQuery): Promise<readonly MessageState[]> {
    return (await this.reader.rows(messageQuery(query))).map(messageState);
  }

  override async outgoingLike(query: OutboxQuery): Promise<readonly OutgoingMessage[]> {
    return (await this.reader.rows(outboxQuery(query))).map(outgoingMessageState);
  }

  override async find(query: ProcessQuery): Promise<readonly ProcessState[]> {
    if (query.statuses?.length === 0) return [];
    return (await this.reader.rows(findQuery(await this.counts.rarestFirst(query), this.words.byEnd))).map(processState);
  }

  override async pageEnd(query: UnpagedQuery, rows: number): Promise<ProcessPlace | null> {
    const frame = frameOf(await this.counts.rarestFirst(query));
    if (frame.statuses?.length === 0) return null;
    const [row] = await this.reader.rows(placeQuery(frame, rows, this.words.byEnd));
    return row ? { at: Number(row[momentOf(frame)]), id: String(row['id']) } : null;
  }

  override async messagesOf(processId: string): Promise<readonly MessageState[]> {
    const sql = 'select * from workflow_inbox where process_id = ? order by received_at, id';
    return (await this.reader.rows({ sql, values: [processId] })).map(messageState);
  }

  override async unreceived(after: string, limit: number): Promise<readonly MessageState[]> {
    const sql = 'select * from workflow_inbox where process_id is null and id > ? order by id limit ?';
    return (await this.reader.rows({ sql, values: [after, limit] })).map(messageState);
  }

  /** Twice, so that it goes by the index of parents, which begins with `live`. */
  override async childrenOf(parentIds: readonly string[]): Promise<readonly ProcessState[]> {
    const of = (live: string) => this.reader.listed((list) => `select * from workflow_process where ${live} and parent_id ${list}`, parentIds);
    return [...(await of('live = 0')), ...(await of('live is null'))].map(processState);
  }

  override async contextsWith(json: string, search: ContextSearch): Promise<{ ids: string[]; next: string | null }> {
    const page = (await this.reader.rows(idsQuery(search))).map(({ id }) => String(id));
    if (page.length === 0) return { ids: [], next: null };
    const found = await this.reader.rows(holdingQuery(json, page[0]!, page.at(-1)!));
    const ids = new Set(page);
    return { ids: found.map(({ process_id }) => String(process_id)).filter((id) => ids.has(id)), next: page.length === search.limit ? page.at(-1)! : null };
  }

  override async waitsOf(processId: string): Promise<readonly WaitState[]> {
    const sql = `select * from workflow_wait where process_id = ? and kind <> 'closed' order by run, token_key`;
    return (await this.reader.rows({ sql, values: [processId] })).map(waitState);
  }

  override async waitFacts(processIds: readonly string[]): Promise<ReadonlyMap<string, WaitFacts>> {
    const rows = await this.reader.listed(waitFactsSql, processIds);
    return new Map([...grouped(rows, ({ process_id }) => String(process_id))].map(([id, ofProcess]) => [id, waitFacts(ofProcess)]));
  }

  override async waitsLike(query: WaitQuery): Promise<readonly ProcessWait[]> {
    return (await this.reader.rows(waitQuery(query))).map(waitWithProcess);
  }

  override async census(): Promise<readonly LiveCount[]> {
    const sql = `select workflow, workflow_version, count(*) as live from workflow_process where live = 0
      group by workflow, workflow_version order by workflow, workflow_version`;
    const rows = await this.reader.rows({ sql, values: [] });
    return rows.map(({ workflow, workflow_version, live }) => ({ workflow: String(workflow), version: Number(workflow_version), live: Number(live) }));
  }

  override unknownVersions(known: readonly KnownWorkflow[], upTo: number): Promise<readonly LiveCount[]> {
    return this.counts.unknownVersions(known, upTo);
  }

  override statusCounts(upTo: number): Promise<readonly StatusCount[]> {
    return this.counts.statuses(upTo);
  }

  override failureCounts(upTo: number): Promise<readonly FailureCount[]> {
    return this.counts.failures(upTo);
  }

  override troubleCounts(storedBefore: number, upTo: number): Promise<readonly TroubleCount[]> {
    return this.counts.troubles(storedBefore, upTo);
  }

  override async sizes(): Promise<readonly StoredSize[]> {
    return (await this.reader.rows({ sql: sizes, values: [] })).map(storedSize);
  }

  override async bytesIn(search: ContextSearch): Promise<{ bytes: ReadonlyMap<string, number>; next: string | null }> {
    const page = (await this.reader.rows(idsQuery(search))).map(({ id }) => String(id));
    const total = new Map<string, number>();
    for (const query of page.length === 0 ? [] : byteQueries(page[0]!, page.at(-1)!))
      for (const { workflow, bytes } of await this.reader.rows(query)) total.set(String(workflow), (total.get(String(workflow)) ?? 0) + Number(bytes));
    return { bytes: total, next: page.length === search.limit ? page.at(-1)! : null };
  }

  override async queueCounts(): Promise<readonly QueueCount[]> {
    const sql = `select queue, count(*) as all_tasks, count(worker) as taken, min(ready_at) as ready_at from workflow_wait
      where kind = 'task' group by queue order by queue`;
    return (await this.reader.rows({ sql, values: [] })).map(queueCount);
  }

  override gauges(now: number): Promise<StoreGauges> {
    return gaugesOf((query) => this.reader.rows(query), now);
  }

  /** Each database looks up all names of a statement before it reads, and there is nothing to read. */
  override async checkTables(): Promise<void> {
    await this.reader.rows({ sql: allColumns, values: [] });
  }

  /* ----------------------------------------------------------------- history ---- */

  override async recordsOf(processId: string, page?: RecordPage): Promise<readonly RecordDraft[]> {
    const ofPage = page ? { later: ' and sequence > ?', most: ' limit ?', values: [page.after, page.limit] } : { later: '', most: '', values: [] };
    const sql = `select * from workflow_audit where process_id = ?${ofPage.later} order by sequence${ofPage.most}`;
    return (await this.reader.rows({ sql, values: [processId, ...ofPage.values] })).map(recordDraft);
  }

  override async versions(processId: string, from: number, to: number): Promise<readonly VersionDraft[]> {
    const sql = 'select * from workflow_context where process_id = ? and version >= ? and version <= ? order by version';
    return (await this.reader.rows({ sql, values: [processId, from, to] })).map(versionDraft);
  }

  override async versionsUpTo(processId: string, version: number): Promise<readonly VersionDraft[]> {
    const sql = `select * from workflow_context where process_id = ? and version <= ? and version >= (${newestSnapshot}) order by version`;
    return (await this.reader.rows({ sql, values: [processId, version, processId, version] })).map(versionDraft);
  }

  override async movesUpTo(processId: string, version: number): Promise<readonly VersionDraft['moves'][]> {
    const sql = 'select moves from workflow_context where process_id = ? and version <= ? order by version';
    return (await this.reader.rows({ sql, values: [processId, version] })).map(({ moves }) => parsed<VersionDraft['moves']>(moves));
  }

  override async undoMarks(processId: string): Promise<readonly MarkedVersion[]> {
    const sql = 'select version, step, undo_mark from workflow_context where process_id = ? and undo_mark is not null order by version desc';
    const rows = await this.reader.rows({ sql, values: [processId] });
    return rows.map(({ version, step, undo_mark }) => ({ version: Number(version), step: String(step), undo: parsed<UndoMark>(undo_mark) }));
  }
}
