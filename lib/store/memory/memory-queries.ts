import type { MessageState, RecordDraft, VersionDraft } from '../../core/change.js';
import type { OutgoingMessage } from '../../core/outgoing.js';
import { isFinished, type ProcessState } from '../../core/process.js';
import { isTaskWait, type TaskWaitState, type WaitState } from '../../core/wait.js';
import { type WaitFacts, waitFactsOf } from '../../core/wait-facts.js';
import type {
  ContextSearch, FailureCount, KnownWorkflow, LiveCount, MessageQuery, OutboxQuery, ProcessQuery, ProcessWait, QueueCount, RecordPage, StatusCount,
  StoredSize, TroubleCount, WaitQuery,
} from '../port.js'; // prettier-ignore
import { isVersionOf } from '../store-counts.js';
import { grouped } from '../../values/grouped.js';
import { type MarkedVersion, QueryStore } from '../query-store.js';
import { listOrder, matchesQuery } from './find-filter.js';
import { failureCountsIn, statusCountsIn, troubleCountsIn } from './memory-counts.js';
import { byStart, type MemoryTables, openWaits, type ProcessRows } from './process-rows.js';
import { memoryGauges } from './memory-gauges.js';
import type { StoreGauges } from '../store-gauges.js';
import { byArrival, byCreation, byOldest, isMessageLike, isOutgoingLike, waitsLikeIn } from './row-filters.js';

export class MemoryQueries extends QueryStore {
  constructor(private readonly tables: MemoryTables) {
    super();
  }

  override async byGroup(workflows: readonly string[], groupId: string): Promise<readonly ProcessState[]> {
    return workflows.flatMap((workflow) => {
      const all = this.tables.processes.filter((process) => process.workflow === workflow && process.groupId === groupId);
      const found = all.find(({ status }) => !isFinished(status)) ?? all.sort(byStart)[0];
      return found ? [found] : [];
    });
  }

  override async liveByGroup(workflows: readonly string[], groupIds: readonly string[]): Promise<readonly ProcessState[]> {
    return this.tables.processes.filter(({ workflow, groupId, status }) => workflows.includes(workflow) && groupIds.includes(groupId) && !isFinished(status));
  }

  override async messagesLike({ limit, ...query }: MessageQuery): Promise<readonly MessageState[]> {
    return [...this.tables.inbox.values()].filter((message) => isMessageLike(message, query)).sort(byArrival).slice(0, limit); // prettier-ignore
  }

  override async messagesOf(processId: string): Promise<readonly MessageState[]> {
    return [...this.tables.inbox.values()].filter((message) => message.processId === processId).sort(byArrival); // prettier-ignore
  }

  override async unreceived(after: string, limit: number): Promise<readonly MessageState[]> {
    const all = [...this.tables.inbox.values()].filter(({ id, processId }) => processId === null && id > after);
    return all.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit); // prettier-ignore
  }

  override async childrenOf(parentIds: readonly string[]): Promise<readonly ProcessState[]> {
    return this.tables.processes.filter(({ parent }) => parent !== null && parentIds.includes(parent.id));
  }

  override async contextsWith(json: string, search: ContextSearch): Promise<{ ids: string[]; next: string | null }> {
    const { page, next } = this.pageById(search);
    const ids = page.filter(({ versions }) => versions.some(({ patch, snapshot }) => JSON.stringify([patch, snapshot]).includes(json)));
    return { ids: ids.map(({ process }) => process.id), next };
  }

  override async outgoingLike({ limit, ...query }: OutboxQuery): Promise<readonly OutgoingMessage[]> {
    return [...this.tables.outbox.values()].filter((message) => isOutgoingLike(message, query)).sort(byCreation).slice(0, limit); // prettier-ignore
  }

  override async find(query: ProcessQuery): Promise<readonly ProcessState[]> {
    const found = this.tables.all.filter((rows) => matchesQuery(rows, query)).map(({ process }) => process);
    return found.sort(listOrder(query)).slice(0, query.limit); // prettier-ignore
  }

  override async waitsOf(processId: string): Promise<readonly WaitState[]> {
    const rows = this.tables.byId.get(processId);
    return rows ? openWaits(rows) : [];
  }

  override async waitFacts(processIds: readonly string[]): Promise<ReadonlyMap<string, WaitFacts>> {
    const found = processIds.map((id) => [id, this.tables.byId.get(id)] as const);
    return new Map(found.flatMap(([id, rows]) => (rows && openWaits(rows).length > 0 ? [[id, waitFactsOf(openWaits(rows))]] : [])));
  }

  override async waitsLike(query: WaitQuery): Promise<readonly ProcessWait[]> {
    return this.tables.all.flatMap((rows) => waitsLikeIn(rows, query)).sort(byOldest).slice(0, query.limit); // prettier-ignore
  }

  override async census(): Promise<readonly LiveCount[]> {
    const counts = new Map<string, { workflow: string; version: number; live: number }>();
    for (const { workflow, workflowVersion: version, status } of this.tables.processes) {
      if (isFinished(status)) continue;
      const count = counts.get(`${version} ${workflow}`) ?? { workflow, version, live: 0 };
      counts.set(`${version} ${workflow}`, { ...count, live: count.live + 1 });
    }
    return [...counts.values()];
  }

  override async unknownVersions(known: readonly KnownWorkflow[], upTo: number): Promise<readonly LiveCount[]> {
    const unknown = (await this.census()).filter((each) => !isVersionOf(known, each));
    return unknown.map(({ live, ...of }) => ({ ...of, live: Math.min(live, upTo) }));
  }

  override async statusCounts(upTo: number): Promise<readonly StatusCount[]> {
    return statusCountsIn(this.tables, upTo);
  }

  override async failureCounts(upTo: number): Promise<readonly FailureCount[]> {
    return failureCountsIn(this.tables, upTo);
  }

  override async troubleCounts(storedBefore: number, upTo: number): Promise<readonly TroubleCount[]> {
    return troubleCountsIn(this.tables, storedBefore, upTo);
  }

  override async sizes(): Promise<readonly StoredSize[]> {
    const all = grouped(this.tables.processes, ({ workflow }) => workflow);
    const total = (of: readonly ProcessState[], key: 'contextVersion' | 'revision') => of.reduce((sum, each) => sum + each[key], 0);
    const names = [...all.keys()].sort();
    return names.map((workflow) => {
      const of = all.get(workflow)!;
      const finished = of.filter(({ status }) => isFinished(status)).length;
      return { workflow, live: of.length - finished, finished, versions: total(of, 'contextVersion'), records: total(of, 'revision') };
    });
  }

  /** As the size of their JSON. */
  override async bytesIn(search: ContextSearch): Promise<{ bytes: ReadonlyMap<string, number>; next: string | null }> {
    const { page, next } = this.pageById(search);
    const bytes = new Map<string, number>();
    for (const { process, ...rows } of page) {
      const messages = [...this.tables.inbox.values(), ...this.tables.outbox.values()].filter(({ processId }) => processId === process.id);
      const size = Buffer.byteLength(JSON.stringify([process, [...rows.waits], rows.versions, rows.records, messages]));
      bytes.set(process.workflow, (bytes.get(process.workflow) ?? 0) + size);
    }
    return { bytes, next };
  }

  override async queueCounts(): Promise<readonly QueueCount[]> {
    const tasks = this.tables.all.flatMap((rows) => openWaits(rows).filter(isTaskWait));
    const queues = [...new Set(tasks.map(({ waitsFor }) => waitsFor.queue))].sort();
    return queues.map((queue) => queueCountOf(queue, tasks.map(({ waitsFor }) => waitsFor).filter((task) => task.queue === queue))); // prettier-ignore
  }

  override async gauges(now: number): Promise<StoreGauges> {
    return memoryGauges(this.tables, now);
  }

  override async recordsOf(processId: string, page?: RecordPage): Promise<readonly RecordDraft[]> {
    const records = this.tables.byId.get(processId)?.records ?? [];
    return page ? records.filter(({ sequence }) => sequence > page.after).slice(0, page.limit) : [...records];
  }

  override async versions(processId: string, from: number, to: number): Promise<readonly VersionDraft[]> {
    return this.all(processId).filter(({ version }) => version >= from && version <= to);
  }

  override async versionsUpTo(processId: string, version: number): Promise<readonly VersionDraft[]> {
    const all = this.all(processId).filter((each) => each.version <= version);
    return all.slice(all.findLastIndex(({ snapshot }) => snapshot !== null));
  }

  override async movesUpTo(processId: string, version: number): Promise<readonly VersionDraft['moves'][]> {
    return this.all(processId).filter((each) => each.version <= version).map(({ moves }) => moves); // prettier-ignore
  }

  override async undoMarks(processId: string): Promise<readonly MarkedVersion[]> {
    return this.all(processId).flatMap(({ version, step, undo }) => (undo ? [{ version, step, undo }] : [])).reverse(); // prettier-ignore
  }

  /** Processes with all their rows, by id. */
  private pageById({ after, limit, workflow }: ContextSearch): { page: ProcessRows[]; next: string | null } {
    const all = this.tables.all.filter(({ process }) => process.id > after && (workflow === undefined || process.workflow === workflow));
    const page = all.sort((a, b) => (a.process.id < b.process.id ? -1 : 1)).slice(0, limit); // prettier-ignore
    return { page, next: page.length === limit ? page.at(-1)!.process.id : null };
  }

  private all(processId: string): readonly VersionDraft[] {
    return this.tables.byId.get(processId)?.versions ?? [];
  }
}

function queueCountOf(queue: string, tasks: readonly TaskWaitState['waitsFor'][]): QueueCount {
  const waiting = tasks.filter(({ worker }) => worker === null);
  const moments = waiting.flatMap(({ readyAt }) => (readyAt === null ? [] : [readyAt]));
  return { queue, waiting: waiting.length, taken: tasks.length - waiting.length, readyAt: moments.length === 0 ? null : Math.min(...moments) };
}
