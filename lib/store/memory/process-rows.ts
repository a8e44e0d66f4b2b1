import type { Change, RecordDraft, VersionDraft } from '../../core/change.js';
import { isUnderAny } from '../../core/keys.js';
import type { ProcessState, WaitState } from '../../core/process.js';
import type { ProcessQuery, TaskAt, WaitAt } from '../port.js';

/** All there is of one process. */
export interface ProcessRows {
  process: ProcessState;
  readonly waits: Map<string, WaitState & { closed?: boolean }>;
  readonly versions: VersionDraft[];
  readonly records: RecordDraft[];
}

export function write(rows: ProcessRows, change: Change): void {
  rows.process = change.process;
  rows.versions.push(...change.versions);
  rows.records.push(...change.records);
  end(rows, change.waits);
  for (const key of change.waits.delete) rows.waits.delete(key);
  for (const wait of change.waits.put) rows.waits.set(wait.key, wait);
}

/** A response that comes later finds the wait it was for, and that it is over. */
function end({ waits }: ProcessRows, { clear, kill }: Change['waits']): void {
  if (!clear && kill.length === 0) return;
  const ends = new Set(kill);
  for (const [key, wait] of waits) {
    if (!clear && !isUnderAny(key, ends)) continue;
    if (wait.kind === 'response') waits.set(key, { ...wait, closed: true, dueAt: null });
    else waits.delete(key);
  }
}

export function tasksIn({ process, waits }: ProcessRows, queues: readonly string[]): TaskAt[] {
  if (!isOpen(process)) return [];
  const ready = [...waits.values()].filter((wait) => wait.kind === 'task' && wait.readyAt !== null && queues.includes(wait.queue!));
  return ready.map((wait) => taskAt(process.id, wait));
}

export function taskAt(processId: string, { key, run, queue, readyAt, claim }: WaitState): TaskAt {
  return { processId, key, run, queue: queue!, readyAt: readyAt ?? 0, claim };
}

/** Neither suspended nor failed: its tasks may run. */
export function isOpen({ status }: ProcessState): boolean {
  return status === 'running' || status === 'waiting';
}

export function addressedIn({ process, waits }: ProcessRows): (WaitAt & { since: number })[] {
  const addressed = [...waits.values()].filter((wait) => wait.address !== null);
  return addressed.map(({ key, run, node, address, since, closed }) => ({
    processId: process.id,
    key,
    run,
    step: node,
    address: address!,
    since,
    closed: closed ?? false,
  }));
}

export function asWait({ since: _since, ...wait }: WaitAt & { since: number }): WaitAt {
  return wait;
}

export function timedIn({ process, waits }: ProcessRows): { processId: string; key: string; run: number; dueAt: number }[] {
  return [...waits.values()].flatMap(({ key, run, dueAt }) => (dueAt === null ? [] : [{ processId: process.id, key, run, dueAt }]));
}

export function matches({ process, waits }: ProcessRows, query: ProcessQuery): boolean {
  const { workflow, version, statuses, groupId, waitingFor, overdue, parentId, startedBefore, after } = query;
  const all = [...waits.values()].filter(({ closed }) => !closed);
  return (
    (workflow === undefined || process.workflow === workflow) &&
    (version === undefined || process.workflowVersion === version) &&
    (statuses === undefined || statuses.includes(process.status)) &&
    (groupId === undefined || process.groupId === groupId) &&
    (waitingFor === undefined || all.some(({ node }) => node === waitingFor)) &&
    (overdue === undefined || all.some(({ kind }) => kind === 'overdue') === overdue) &&
    (parentId === undefined || process.parent?.id === parentId) &&
    (startedBefore === undefined || process.startedAt < startedBefore) &&
    (after === undefined || newestFirst(process, after) > 0)
  );
}

export function newestFirst(a: Pick<ProcessState, 'startedAt' | 'id'>, b: Pick<ProcessState, 'startedAt' | 'id'>): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}
