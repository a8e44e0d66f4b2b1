import type { Change, MessageState, RecordDraft, VersionDraft } from '../../core/change.js';
import type { ProcessState } from '../../core/process.js';
import type { OutgoingMessage } from '../../core/outgoing.js';
import { addressOf, dueAtOf, isTaskWait, type TaskWaitState, type WaitState } from '../../core/wait.js';
import { isUnderAny } from '../../core/token-key.js';
import type { DueWait, StoredBulk, StoredBulkItem, StoredDefinition, StoredPause, TaskAt, WaitAt } from '../port.js';

/** All rows of one process. */
export interface ProcessRows {
  process: ProcessState;
  readonly waits: Map<string, KeptWait>;
  readonly versions: VersionDraft[];
  readonly records: RecordDraft[];
  /** Search values by name. */
  readonly search: Map<string, string>;
}

/** A response wait that has ended is kept as closed, so that a late response finds its process. */
export type KeptWait = WaitState & { readonly closed?: true };

/** The rows that the three parts of the store share. */
export class MemoryTables {
  readonly byId = new Map<string, ProcessRows>();
  readonly inbox = new Map<string, MessageState>();
  readonly outbox = new Map<string, OutgoingMessage>();
  readonly definitions = new Map<string, StoredDefinition>();
  readonly pauses = new Map<string, StoredPause>();
  readonly bulks = new Map<string, StoredBulk>();
  /** By run and item. */
  readonly bulkItems = new Map<string, StoredBulkItem>();

  constructor(readonly now: () => number = Date.now) {}

  get all(): ProcessRows[] {
    return [...this.byId.values()];
  }

  get processes(): ProcessState[] {
    return this.all.map(({ process }) => process);
  }

  /** Messages that no process has received yet. */
  get stored(): MessageState[] {
    return [...this.inbox.values()].filter(({ disposition }) => disposition === 'stored');
  }

  /** Those that wait for a process, or for their moment. */
  get waiting(): MessageState[] {
    return this.unreceived.filter(({ disposition }) => disposition !== 'discarded');
  }

  /** Also those that a person has discarded. */
  get unreceived(): MessageState[] {
    return [...this.inbox.values()].filter((message) => message.disposition === 'stored' || (message.processId === null && isSetAside(message)));
  }
}

function isSetAside({ disposition }: MessageState): boolean {
  return disposition === 'scheduled' || disposition === 'discarded';
}

export function applyChange(rows: ProcessRows, change: Change): void {
  rows.process = change.process;
  rows.versions.push(...change.versions);
  rows.records.push(...change.records);
  dropWaits(rows, change.waits);
  for (const key of change.waits.delete) rows.waits.delete(key);
  for (const wait of change.waits.put) rows.waits.set(wait.token.key, wait);
  for (const { name, value } of change.search ?? []) {
    if (value === null) rows.search.delete(name);
    else rows.search.set(name, value);
  }
}

function dropWaits({ waits }: ProcessRows, { clear, kill }: Change['waits']): void {
  if (!clear && kill.length === 0) return;
  const ends = new Set(kill);
  for (const [key, wait] of waits) {
    if (!clear && !isUnderAny(key, ends)) continue;
    if (wait.waitsFor.kind === 'response') waits.set(key, { ...wait, closed: true });
    else waits.delete(key);
  }
}

export function openWaits({ waits }: ProcessRows): WaitState[] {
  return [...waits.values()].filter(({ closed }) => !closed);
}

/** Whether the process is neither suspended nor failed nor finished. */
export function mayRunTasks({ status }: ProcessState): boolean {
  return status === 'running' || status === 'waiting';
}

export function readyTasksIn(rows: ProcessRows, queues: readonly string[]): TaskAt[] {
  if (!mayRunTasks(rows.process)) return [];
  const ready = openWaits(rows).filter((wait): wait is TaskWaitState => isTaskWait(wait) && wait.waitsFor.readyAt !== null);
  return ready.filter(({ waitsFor }) => queues.includes(waitsFor.queue)).map((wait) => taskAtOf(rows.process.id, wait));
}

export function taskAtOf(processId: string, { token, waitsFor }: TaskWaitState): TaskAt {
  const { queue, readyAt } = waitsFor;
  return { processId, key: token.key, run: token.run, queue, readyAt: readyAt ?? 0, claim: token.claims ?? 0 };
}

export function addressedIn({ process, waits }: ProcessRows): (WaitAt & { since: number })[] {
  return [...waits.values()].flatMap((wait) => {
    const { key, run, attempt, node: step, since } = wait.token;
    const address = addressOf(wait);
    return address === null ? [] : [{ ...ownerOf(process), key, run, attempt, step, address, since, closed: wait.closed ?? false }];
  });
}

export function ownerOf({ id: processId, workflow, workflowVersion }: ProcessState): Pick<WaitAt, 'processId' | 'workflow' | 'workflowVersion'> {
  return { processId, workflow, workflowVersion };
}

export function withoutAge({ since: _since, ...wait }: WaitAt & { since: number }): WaitAt {
  return wait;
}

export function timedIn(rows: ProcessRows): (DueWait & { dueAt: number })[] {
  return openWaits(rows).flatMap((wait) => {
    const dueAt = dueAtOf(wait);
    return dueAt === null ? [] : [{ processId: rows.process.id, key: wait.token.key, run: wait.token.run, dueAt }];
  });
}

/** Newest first. No process comes after itself. */
export function byStart(a: Pick<ProcessState, 'startedAt' | 'id'>, b: Pick<ProcessState, 'startedAt' | 'id'>): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1);
}

export function tasksIn({ waits }: ProcessRows): TaskWaitState[] {
  return [...waits.values()].filter((wait): wait is TaskWaitState & { closed?: true } => isTaskWait(wait));
}
