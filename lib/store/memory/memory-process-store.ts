import { asksForChild, tellsOfChild } from '../../core/addresses.js';
import type { Change, MessageState } from '../../core/change.js';
import { isFinished, type ProcessState } from '../../core/process.js';
import type { Known, Rate, Rejection, StoredDefinition, TaskAt } from '../port.js';
import { leftIn, type RateWindow, windowAt } from '../rate-window.js';
import { addressedIn, type ProcessRows, isOpen, taskAt, tasksIn, timedIn, write } from './process-rows.js';
import { isKnown } from './row-filters.js';
import { MemoryReader } from './memory-reader.js';

/** Processes in memory: for tests, and as the shortest telling of what a store has to do. */
export class MemoryProcessStore extends MemoryReader {
  private readonly workers = new Map<string, number>();
  private readonly rates = new Map<string, RateWindow>();

  constructor(private readonly now: () => number = Date.now) {
    super();
  }

  override async open(): Promise<void> {}
  override async close(): Promise<void> {}

  /* ----------------------------------------------------------------- writing ---- */

  override async commit(changes: readonly Change[]): Promise<readonly Rejection[]> {
    return changes.map((change) => this.apply(change)).filter((rejection) => rejection !== null);
  }

  override commitWithin(): Promise<Rejection | null> {
    return Promise.reject(new Error('The memory store has no transactions: test what is given a `manager` on a database.'));
  }

  override transaction<T>(): Promise<T> {
    return Promise.reject(new Error('The memory store has no transactions: test a transactional step on a database.'));
  }

  override afterCommit(): void {}

  private apply(change: Change): Rejection | null {
    const { id } = change.process;
    const rows = this.byId.get(id);
    if (change.expected === null && (rows || this.isTaken(change.process))) return { change, reason: 'exists' };
    if (change.expected !== null && rows?.process.revision !== change.expected) return { change, reason: 'stale' };
    if (rows && isFinished(rows.process.status) && this.isTaken(change.process)) return { change, reason: 'exists' };
    write(rows ?? this.newBook(change.process), change);
    for (const message of change.messages) this.inbox.set(message.id, message);
    return null;
  }

  private isTaken({ id, workflow, groupId, status }: ProcessState): boolean {
    return (
      !isFinished(status) &&
      this.processes.some((other) => other.id !== id && other.workflow === workflow && other.groupId === groupId && !isFinished(other.status))
    );
  }

  private newBook(process: ProcessState): ProcessRows {
    const rows: ProcessRows = { process, waits: new Map(), versions: [], records: [] };
    this.byId.set(process.id, rows);
    return rows;
  }

  override async keepMessages(messages: readonly MessageState[]): Promise<readonly MessageState[]> {
    const known = messages.map(({ id }) => this.inbox.get(id)).filter((message) => message !== undefined);
    for (const message of messages) if (!this.inbox.has(message.id)) this.inbox.set(message.id, message);
    return known;
  }

  override async forgetMessages(storedBefore: number): Promise<void> {
    const awaited = new Set([...this.byId.values()].flatMap((rows) => addressedIn(rows).map(({ address }) => address)));
    const isKept = (address: string) => asksForChild(address) || (tellsOfChild(address) && awaited.has(address));
    const old = this.stored.filter(({ address, receivedAt }) => receivedAt < storedBefore && !isKept(address));
    for (const { id } of old) this.inbox.delete(id);
  }

  /* ------------------------------------------------------------------- tasks ---- */

  override async claimTasks(tasks: readonly TaskAt[], by: { worker: string; now: number; rate?: Rate }): Promise<readonly TaskAt[]> {
    const free = tasks.filter((task) => this.isReady(task, by.now));
    return free.slice(0, this.allowance(free, by)).map((task) => this.take(task, by.worker));
  }

  private isReady({ processId, key, run }: TaskAt, now: number): boolean {
    const rows = this.byId.get(processId);
    const wait = rows?.waits.get(key);
    return !!wait && isOpen(rows!.process) && wait.kind === 'task' && wait.run === run && wait.readyAt !== null && wait.readyAt <= now;
  }

  private allowance(free: readonly TaskAt[], { now, rate }: { now: number; rate?: Rate }): number {
    if (!rate || free.length === 0) return free.length;
    const { queue } = free[0]!;
    const window = windowAt(this.rates.get(queue) ?? { from: now, taken: 0 }, { now, rate });
    const allowed = Math.min(free.length, leftIn(window, rate));
    this.rates.set(queue, { from: window.from, taken: window.taken + allowed });
    return allowed;
  }

  private take(task: TaskAt, worker: string): TaskAt {
    const { waits } = this.byId.get(task.processId)!;
    const wait = waits.get(task.key)!;
    waits.set(task.key, { ...wait, worker, claim: wait.claim + 1, readyAt: null });
    return { ...task, claim: wait.claim + 1 };
  }

  override async readyTasks(workflows: readonly Known[], queues: readonly string[], now: number, limit: number): Promise<readonly TaskAt[]> {
    const known = this.all.filter(({ process }) => isKnown(process, workflows));
    return known.flatMap((rows) => tasksIn(rows, queues)).filter(({ readyAt }) => readyAt <= now).sort((a, b) => a.readyAt - b.readyAt).slice(0, limit); // prettier-ignore
  }

  /** When the next timer, deadline or task is due: what a clock that stands still is moved to. */
  nextMoment(): number | null {
    const ready = this.all.flatMap(({ process, waits }) => (isOpen(process) ? [...waits.values()].map(({ readyAt }) => readyAt) : []));
    const times = [...ready, ...this.all.flatMap(timedIn).map(({ dueAt }) => dueAt)].filter((time) => time !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  /* ------------------------------------------------------------- definitions ---- */

  override async keepDefinition(definition: Omit<StoredDefinition, 'updatedAt'>, expected: string | null): Promise<boolean> {
    const key = `${definition.version} ${definition.name}`;
    if ((this.kept.get(key)?.fingerprint ?? null) !== expected) return false;
    this.kept.set(key, { ...definition, updatedAt: this.now() });
    return true;
  }

  /* ----------------------------------------------------------------- workers ---- */

  override async beat(worker: string): Promise<number> {
    this.workers.set(worker, this.now());
    return this.now();
  }

  override async retire(worker: string): Promise<void> {
    this.workers.set(worker, 0);
  }

  override async silentWorkers(since: number): Promise<readonly string[]> {
    const silent = [...this.workers].filter(([, seen]) => seen < since).map(([id]) => id);
    const holding = this.all.flatMap(({ process, waits }) => [process.worker, ...[...waits.values()].map(({ worker }) => worker)]);
    return [...silent, ...new Set(holding.filter((id): id is string => !!id && !this.workers.has(id)))];
  }

  override async heldBy(worker: string, limit: number): Promise<{ processes: { id: string; revision: number }[]; tasks: TaskAt[] }> {
    const processes = this.processes.filter((process) => process.worker === worker).slice(0, limit); // prettier-ignore
    const tasks = this.all.flatMap(({ process, waits }) =>
      [...waits.values()].filter((wait) => wait.worker === worker).map((wait) => taskAt(process.id, wait)),
    );
    return { processes, tasks: tasks.slice(0, limit) };
  }

  override async forgetWorker(worker: string): Promise<void> {
    this.workers.delete(worker);
  }
}
