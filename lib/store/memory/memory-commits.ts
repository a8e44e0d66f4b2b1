import type { Change, MessageState } from '../../core/change.js';
import { isFinished, type ProcessState } from '../../core/process.js';
import { isTaskWait, type WaitState } from '../../core/wait.js';
import { CommitStore } from '../commit-store.js';
import type { ClaimBy, Loaded, ProcessRequest, Rejection, TaskAt, WaitAt } from '../port.js';
import { valuesOf } from '../process-store.js';
import { leftIn, type RateWindow, windowAt } from '../rate-window.js';
import { byArrival, isOfKnown } from './row-filters.js';
import { addressedIn, applyChange, mayRunTasks, type MemoryTables, type ProcessRows, withoutAge } from './process-rows.js';

const NO_TRANSACTIONS =
  'The memory store has no transactions: test what is given a `manager`, and transactional steps, on a database, as WorkflowTestingModule.forRoot({ dataSource }) does.';

export class MemoryCommits extends CommitStore<never> {
  private readonly rates = new Map<string, RateWindow>();

  constructor(private readonly tables: MemoryTables) {
    super();
  }

  override async load(requests: readonly ProcessRequest[]): Promise<readonly (Loaded | null)[]> {
    return requests.map((request) => {
      const rows = this.tables.byId.get(request.id);
      if (!rows) return null;
      const waits = request.waits.flatMap((key) => openWaitIn(rows, key));
      const messages = request.messages.map((id) => this.tables.inbox.get(id)).filter((message) => message !== undefined);
      return { process: rows.process, waits, messages, context: request.context ? valuesOf(rows.versions) : null };
    });
  }

  /* ----------------------------------------------------------------- writing ---- */

  override async commit(changes: readonly Change[]): Promise<readonly Rejection[]> {
    return changes.map((change) => this.apply(change)).filter((rejection) => rejection !== null);
  }

  override commitWithin(): Promise<Rejection | null> {
    return Promise.reject(new Error(NO_TRANSACTIONS));
  }

  override transaction<T>(): Promise<T> {
    return Promise.reject(new Error(NO_TRANSACTIONS));
  }

  override afterCommit(): void {}

  private apply(change: Change): Rejection | null {
    const { id } = change.process;
    const rows = this.tables.byId.get(id);
    if (change.expected === null && (rows || this.isGroupTaken(change.process))) return { change, reason: 'exists' };
    if (change.expected !== null && rows?.process.revision !== change.expected) return { change, reason: 'stale' };
    if (rows && isFinished(rows.process.status) && this.isGroupTaken(change.process)) return { change, reason: 'exists' };
    applyChange(rows ?? this.newRows(change.process), change);
    for (const message of change.messages) this.tables.inbox.set(message.id, message);
    for (const message of change.outgoing) this.tables.outbox.set(message.id, message);
    return null;
  }

  private isGroupTaken({ id, workflow, groupId, status }: ProcessState): boolean {
    const isRival = (other: ProcessState) => other.id !== id && other.workflow === workflow && other.groupId === groupId && !isFinished(other.status);
    return !isFinished(status) && this.tables.processes.some(isRival);
  }

  private newRows(process: ProcessState): ProcessRows {
    const rows: ProcessRows = { process, waits: new Map(), versions: [], records: [], search: new Map() };
    this.tables.byId.set(process.id, rows);
    return rows;
  }

  /* ---------------------------------------------------------------- messages ---- */

  override async waitsAt(addresses: readonly string[]): Promise<readonly WaitAt[]> {
    const found = this.tables.all.flatMap(addressedIn).filter(({ address }) => addresses.includes(address));
    return found.sort((a, b) => a.since - b.since).map(withoutAge);
  }

  override async messagesAt(addresses: readonly string[]): Promise<readonly MessageState[]> {
    return this.tables.stored.filter(({ address }) => addresses.includes(address)).sort(byArrival);
  }

  override async knownAt(addresses: readonly string[]): Promise<readonly MessageState[]> {
    return [...this.tables.inbox.values()].filter(({ address }) => addresses.includes(address)).sort((a, b) => byArrival(b, a)); // prettier-ignore
  }

  override async keepMessages(messages: readonly MessageState[]): Promise<readonly MessageState[]> {
    const { inbox } = this.tables;
    const known = messages.map(({ id }) => inbox.get(id)).filter((message) => message !== undefined);
    for (const message of messages) if (!inbox.has(message.id)) inbox.set(message.id, message);
    return known;
  }

  /* ------------------------------------------------------------------- tasks ---- */

  override async claimTasks(tasks: readonly TaskAt[], by: ClaimBy): Promise<readonly TaskAt[]> {
    const free = tasks.filter((task) => this.isReady(task, by));
    return free.slice(0, this.allowance(free, by)).map((task) => this.take(task, by.worker));
  }

  private isReady({ processId, key, run }: TaskAt, { now, workflows }: ClaimBy): boolean {
    const rows = this.tables.byId.get(processId);
    const wait = rows?.waits.get(key);
    if (!rows || !isTaskWait(wait) || !mayRunTasks(rows.process) || !isOfKnown(rows.process, workflows)) return false;
    return wait.token.run === run && wait.waitsFor.readyAt !== null && wait.waitsFor.readyAt <= now;
  }

  private allowance(free: readonly TaskAt[], { now, rate }: ClaimBy): number {
    if (!rate || free.length === 0) return free.length;
    const { queue } = free[0]!;
    const window = windowAt(this.rates.get(queue), { now, rate });
    const allowed = Math.min(free.length, leftIn(window, rate));
    this.rates.set(queue, { from: window.from, taken: window.taken + allowed });
    return allowed;
  }

  private take(task: TaskAt, worker: string): TaskAt {
    const { waits } = this.tables.byId.get(task.processId)!;
    const wait = waits.get(task.key)!;
    if (!isTaskWait(wait)) return task;
    const claims = (wait.token.claims ?? 0) + 1;
    waits.set(task.key, { token: { ...wait.token, claims }, waitsFor: { ...wait.waitsFor, worker, readyAt: null } });
    return { ...task, claim: claims };
  }
}

function openWaitIn({ waits }: ProcessRows, key: string): WaitState[] {
  const wait = waits.get(key);
  return wait && !wait.closed ? [wait] : [];
}
