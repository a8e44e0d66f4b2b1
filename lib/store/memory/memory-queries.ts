import type { MessageState, RecordDraft, VersionDraft } from '../../core/change.js';
import type { OutgoingMessage } from '../../core/outgoing.js';
import { isFinished, type ProcessState } from '../../core/process.js';
import { isTaskWait, type TaskWaitState, type WaitState } from '../../core/wait.js';
import type { LiveCount, MessageQuery, OutboxQuery, ProcessQuery, ProcessWait, QueueCount, RecordPage, WaitQuery } from '../port.js';
import { type MarkedVersion, QueryStore } from '../query-store.js';
import { memoryGauges } from './memory-gauges.js';
import type { StoreGauges } from '../store-gauges.js';
import { byStart, matchesQuery, type MemoryTables, openWaits } from './process-rows.js';
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

  override async outgoingLike({ limit, ...query }: OutboxQuery): Promise<readonly OutgoingMessage[]> {
    return [...this.tables.outbox.values()].filter((message) => isOutgoingLike(message, query)).sort(byCreation).slice(0, limit); // prettier-ignore
  }

  override async find(query: ProcessQuery): Promise<readonly ProcessState[]> {
    const found = this.tables.all.filter((rows) => matchesQuery(rows, query)).map(({ process }) => process);
    return found.sort(byStart).slice(0, query.limit);
  }

  override async waitsOf(processId: string): Promise<readonly WaitState[]> {
    const rows = this.tables.byId.get(processId);
    return rows ? openWaits(rows) : [];
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

  private all(processId: string): readonly VersionDraft[] {
    return this.tables.byId.get(processId)?.versions ?? [];
  }
}

function queueCountOf(queue: string, tasks: readonly TaskWaitState['waitsFor'][]): QueueCount {
  const waiting = tasks.filter(({ worker }) => worker === null);
  const readyAt = waiting.map((task) => task.readyAt ?? 0);
  return { queue, waiting: waiting.length, taken: tasks.length - waiting.length, readyAt: waiting.length > 0 ? Math.min(...readyAt) : null };
}
