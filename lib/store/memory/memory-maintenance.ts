import { asksForChild, isFromOutside, tellsOfChild } from '../../core/addresses.js';
import type { Disposition, MessageState } from '../../core/change.js';
import { isUnclaimed, UNCLAIMED_NEW } from '../../core/process.js';
import { MaintenanceStore } from '../maintenance-store.js';
import type {
  DeletedOutgoing,
  DueWait,
  FinishedProcess,
  HeldWork,
  InboxCount,
  KnownWorkflow,
  Match,
  SilentWorker,
  StoredDefinition,
  TaskAt,
  WorkerCount,
  WorkThere,
} from '../port.js';
import { addressedIn, byStart, type MemoryTables, type ProcessRows, readyTasksIn, taskAtOf, tasksIn, timedIn } from './process-rows.js';
import { operatingIn } from './memory-operating.js';
import { deleteRows, finishedIn } from './finished-rows.js';
import { byArrival, byMatch, isOfKnown, isOrphan, matchesIn } from './row-filters.js';

export class MemoryMaintenance extends MaintenanceStore {
  private readonly seen = new Map<string, number>();

  constructor(private readonly tables: MemoryTables) {
    super();
  }

  /* ------------------------------------------------------------------- sweep ---- */

  override async workAt(now: number, queues: readonly string[]): Promise<WorkThere> {
    const { all, definitions } = this.tables;
    return {
      due: all.flatMap(timedIn).some(({ dueAt }) => dueAt <= now),
      free: all.some(({ process }) => isUnclaimed(process.worker)),
      ready: all.flatMap((rows) => readyTasksIn(rows, queues)).some(({ readyAt }) => readyAt <= now),
      scheduled: this.scheduled(now).length > 0,
      untransmitted: [...this.tables.outbox.values()].some(({ readyAt }) => readyAt !== null && readyAt <= now),
      now: this.tables.now(),
      definedAt: Math.max(0, ...[...definitions.values()].map(({ updatedAt }) => updatedAt)),
      ...operatingIn(this.tables),
    };
  }

  override async nextMoment(after: number): Promise<number | null> {
    const waits = this.tables.all.flatMap((rows) => [...timedIn(rows).map(({ dueAt }) => dueAt), ...tasksIn(rows).map(({ waitsFor }) => waitsFor.readyAt)]);
    const scheduled = this.scheduled(Infinity).map(({ receivedAt }) => receivedAt);
    const unsent = [...this.tables.outbox.values()].map(({ readyAt }) => readyAt);
    const later = [...waits, ...scheduled, ...unsent].filter((moment): moment is number => moment !== null && moment > after);
    return later.length === 0 ? null : later.reduce((first, moment) => Math.min(first, moment));
  }

  override async dueWaits(workflows: readonly KnownWorkflow[], now: number, limit: number): Promise<readonly DueWait[]> {
    const timed = this.ofKnown(workflows).flatMap(timedIn).filter(({ dueAt }) => dueAt <= now); // prettier-ignore
    return timed.sort((a, b) => a.dueAt - b.dueAt).slice(0, limit);
  }

  override async freeProcesses(workflows: readonly KnownWorkflow[], limit: number): Promise<readonly string[]> {
    const free = this.ofKnown(workflows).filter(({ process }) => isUnclaimed(process.worker));
    const isNew = (rows: ProcessRows) => Number(rows.process.worker === UNCLAIMED_NEW);
    return free.sort((a, b) => isNew(a) - isNew(b)).map(({ process }) => process.id).slice(0, limit); // prettier-ignore
  }

  override async readyTasks(workflows: readonly KnownWorkflow[], queues: readonly string[], now: number, limit: number): Promise<readonly TaskAt[]> {
    const ready = this.ofKnown(workflows).flatMap((rows) => readyTasksIn(rows, queues)).filter(({ readyAt }) => readyAt <= now); // prettier-ignore
    return ready.sort((a, b) => a.readyAt - b.readyAt).slice(0, limit);
  }

  override async unmatched(workflows: readonly KnownWorkflow[], limit: number, after?: Match): Promise<readonly Match[]> {
    const known = this.ofKnown(workflows);
    const all = this.tables.stored.flatMap((message) => known.flatMap((rows) => matchesIn(rows, message))).sort(byMatch);
    return all.filter((match) => !after || byMatch(after, match) < 0).slice(0, limit);
  }

  override async forgetMessages(storedBefore: number): Promise<void> {
    const awaited = new Set(this.tables.all.flatMap((rows) => addressedIn(rows).map(({ address }) => address)));
    const isKept = (address: string) => asksForChild(address) || (tellsOfChild(address) && awaited.has(address));
    for (const { id, address, receivedAt } of this.tables.unreceived) if (receivedAt < storedBefore && !isKept(address)) this.tables.inbox.delete(id);
  }

  /* ------------------------------------------------------------------- inbox ---- */

  override async scheduledMessages(now: number, limit: number, after?: Pick<MessageState, 'id' | 'receivedAt'>): Promise<readonly MessageState[]> {
    return this.scheduled(now).filter((message) => !after || byArrival(after, message) < 0).sort(byArrival).slice(0, limit); // prettier-ignore
  }

  private scheduled(now: number): MessageState[] {
    return this.tables.unreceived.filter(({ disposition, receivedAt }) => disposition === 'scheduled' && receivedAt <= now);
  }

  override async markMessage(id: string, from: readonly Disposition[], to: Disposition, reason: string | null): Promise<boolean> {
    const message = this.tables.inbox.get(id);
    if (!message || message.processId !== null || !from.includes(message.disposition)) return false;
    this.tables.inbox.set(id, { ...message, disposition: to, reason });
    return true;
  }

  override async inboxCensus(): Promise<readonly InboxCount[]> {
    const counts = new Map<string | null, InboxCount>();
    for (const { workflow, body } of this.tables.waiting.filter(({ address }) => isFromOutside(address))) {
      const { messages, size } = counts.get(workflow) ?? { messages: 0, size: 0 };
      counts.set(workflow, { workflow, messages: messages + 1, size: size + JSON.stringify(body).length });
    }
    return [...counts.values()];
  }

  override async countAt(addresses: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const { address } of this.tables.waiting) if (addresses.includes(address)) counts.set(address, (counts.get(address) ?? 0) + 1);
    return counts;
  }

  private ofKnown(workflows: readonly KnownWorkflow[]): ProcessRows[] {
    return this.tables.all.filter(({ process }) => isOfKnown(process, workflows));
  }

  /* ---------------------------------------------------------------- children ---- */

  override async childrenToStart(limit: number, after?: Pick<MessageState, 'id' | 'receivedAt'>): Promise<readonly MessageState[]> {
    const asking = this.tables.stored.filter((message) => asksForChild(message.address) && (!after || byArrival(after, message) < 0));
    return asking.sort(byArrival).slice(0, limit);
  }

  override async orphans(parentId: string | null, limit: number): Promise<readonly string[]> {
    const orphans = this.tables.processes.filter((process) => isOrphan(process, this.tables.byId.get(process.parent?.id ?? '')));
    const its = orphans.filter(({ parent }) => parentId === null || parent?.id === parentId);
    return its.sort((a, b) => byStart(b, a)).map(({ id }) => id).slice(0, limit); // prettier-ignore
  }

  /* ---------------------------------------------------------------- deletion ---- */

  override async finishedOf(workflow: string, finishedBefore: number, limit: number, after?: FinishedProcess): Promise<readonly FinishedProcess[]> {
    return finishedIn(this.tables, workflow, finishedBefore, after).slice(0, limit);
  }

  override async deleteFinished(processes: readonly Pick<FinishedProcess, 'id' | 'revision'>[], outgoing: DeletedOutgoing): Promise<readonly string[]> {
    return deleteRows(this.tables, processes, outgoing);
  }
  override async deleteUnreceived(ids: readonly string[]): Promise<void> {
    for (const id of ids) if (this.tables.inbox.get(id)?.processId === null) this.tables.inbox.delete(id);
  }

  /* ----------------------------------------------------------------- workers ---- */

  override async beat(worker: string): Promise<number> {
    this.seen.set(worker, this.tables.now());
    return this.tables.now();
  }

  override async retire(worker: string): Promise<void> {
    this.seen.set(worker, 0);
  }

  override async silentWorkers(since: number): Promise<readonly SilentWorker[]> {
    const silent = [...this.seen].filter(([, at]) => at < since).map(([id, at]) => ({ id, retired: at === 0 }));
    const holding = this.tables.all.flatMap((rows) => [rows.process.worker, ...tasksIn(rows).map(({ waitsFor }) => waitsFor.worker)]);
    const forgotten = new Set(holding.filter((id): id is string => id !== null && !isUnclaimed(id) && !this.seen.has(id)));
    return [...silent, ...[...forgotten].map((id) => ({ id, retired: false }))];
  }

  override async heldBy(worker: string, limit: number, except: readonly string[] = []): Promise<HeldWork> {
    const readable = this.tables.all.filter(({ process }) => !except.includes(process.id));
    const processes = readable.map(({ process }) => process).filter((process) => process.worker === worker);
    const tasks = readable.flatMap((rows) =>
      tasksIn(rows)
        .filter(({ waitsFor }) => waitsFor.worker === worker)
        .map((wait) => taskAtOf(rows.process.id, wait)),
    );
    return { processes: processes.slice(0, limit), tasks: tasks.slice(0, limit) };
  }

  override async forgetWorker(worker: string): Promise<void> {
    this.seen.delete(worker);
  }

  override async workers(): Promise<readonly WorkerCount[]> {
    const live = [...this.seen].filter(([, seenAt]) => seenAt > 0).sort();
    const counts = async (id: string) => this.heldBy(id, Infinity).then(({ processes, tasks }) => ({ processes: processes.length, tasks: tasks.length }));
    return Promise.all(live.map(async ([id, seenAt]) => ({ id, seenAt, ...(await counts(id)) })));
  }

  /* ------------------------------------------------------------- definitions ---- */

  override async definitions(since = 0): Promise<readonly StoredDefinition[]> {
    return [...this.tables.definitions.values()].filter(({ updatedAt }) => updatedAt >= since);
  }

  override async keepDefinition(definition: Omit<StoredDefinition, 'updatedAt'>, expected: string | null): Promise<boolean> {
    const key = `${definition.version} ${definition.name}`;
    if ((this.tables.definitions.get(key)?.fingerprint ?? null) !== expected) return false;
    this.tables.definitions.set(key, { ...definition, updatedAt: this.tables.now() });
    return true;
  }
}
