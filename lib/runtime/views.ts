import { bondOf } from '../core/bond.js';
import type { RecordDraft, VersionDraft } from '../core/change.js';
import type { Json, JsonObject } from '../core/json.js';
import { nameIn } from '../core/addresses.js';
import { groupKey } from '../core/group-key.js';
import { isFinished, type ProcessState, type WaitState } from '../core/process.js';
import type { AuditRecord } from '../store/typeorm/entities/audit-record.js';
import type { Process } from '../store/typeorm/entities/process.js';
import type { Wait } from '../store/typeorm/entities/wait.js';

/** How people see the rows: the same shapes as the entities, whatever the store. */
export function processView(state: ProcessState): Process {
  const { startedAt, finishedAt, updatedAt, parent, ...rest } = state;
  return {
    ...rest, get groupKey() { return groupKey(rest.groupId); }, live: isFinished(state.status) ? null : 0,
    parentId: parent && parent.id, parentBond: parent && bondOf(parent),
    startedAt: new Date(startedAt), finishedAt: dateOf(finishedAt), updatedAt: new Date(updatedAt),
  }; // prettier-ignore
}

/** One thing a process waits for, in the words of whoever asks. */
export interface WaitView extends Omit<Wait, 'address' | 'token' | 'dueAt' | 'fromAt'> {
  /** What unblocks it: the correlation id of a response, the name of an event, the id of a child. */
  readonly key: string | null;
  /** What time does to it: a task may run, a timer fires, a wait has lasted too long. */
  readonly dueAt: Date | null;
  /** Of an input: the JSON Schema of what is wanted; null if none can be told. */
  readonly schema: object | null;
}

export function waitView(processId: string, wait: WaitState, schema: object | null = null): WaitView {
  const { kind, node, key, run, address, since, dueAt, readyAt, queue, worker, attempt, claim } = wait;
  return {
    processId, tokenKey: key, step: node, kind, key: address === null ? null : nameIn(address), run, queue, worker, attempt, claim,
    since: new Date(since), dueAt: dateOf(readyAt ?? dueAt), readyAt: dateOf(readyAt), schema,
  }; // prettier-ignore
}

/** What somebody or something outside can end. The rest is how the engine keeps its books: containers, items that wait their turn, watches. */
export function isShown(wait: WaitState): boolean {
  return wait.kind !== 'branches' && wait.kind !== 'turn' && wait.kind !== 'overdue' && !(wait.kind === 'timer' && wait.key.includes('~'));
}

function dateOf(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}

/** A record as a history shows it: with what it is about. */
export interface HistoryRecord extends AuditRecord {
  /** Of `step-completed`: what the step returned, as it is stored. */
  readonly returned?: unknown;
  /** Of `message-delivered`: the answer, the input, the event. */
  readonly message?: unknown;
}

export function recordView(processId: string, record: RecordDraft): AuditRecord {
  const { at, ...rest } = record;
  return { processId, ...rest, createdAt: new Date(at) };
}

/** One key that differs between two versions, and the step that changed it last. */
export interface ContextChange {
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
  /** The step of the last version, after the first and up to the second, that touched the key. */
  readonly step: string;
}

export function differences(before: JsonObject, after: JsonObject, between: readonly VersionDraft[]): ContextChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !same(before[key], after[key]));
  return keys.map((key) => ({ key, before: before[key], after: after[key], step: between.findLast((version) => touches(version, key))?.step ?? '' }));
}

function touches({ patch, removed, snapshot }: VersionDraft, key: string): boolean {
  return key in patch || removed.includes(key) || snapshot !== null;
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
