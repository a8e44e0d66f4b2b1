import { bondOf } from '../core/parent-link.js';
import type { RecordDraft, VersionDraft } from '../core/change.js';
import type { Json, JsonObject } from '../values/json.js';
import { nameIn } from '../core/addresses.js';
import { groupKey } from '../values/digest.js';
import { isFinished, type ProcessState } from '../core/process.js';
import { isWatchKey } from '../core/token-key.js';
import { isStepToken } from '../core/token.js';
import { addressOf, dueAtOf, isTaskWait, type WaitState } from '../core/wait.js';
import type { AuditRecord, Process, WaitView } from './shapes.js';

/** The row as the service returns it: in the shape of the entity, whatever the store. */
export function processView(state: ProcessState): Process {
  const { startedAt, finishedAt, updatedAt, parent, ...rest } = state;
  return {
    ...rest, get groupKey() { return groupKey(rest.groupId); }, live: isFinished(state.status) ? null : 0,
    parentId: parent && parent.id, parentBond: parent && bondOf(parent),
    startedAt: new Date(startedAt), finishedAt: dateOf(finishedAt), updatedAt: new Date(updatedAt),
  }; // prettier-ignore
}

export function waitView(processId: string, wait: WaitState, schema: object | null = null): WaitView {
  const { token, waitsFor } = wait;
  const { node: step, key: tokenKey, run, since, attempt } = token;
  const address = addressOf(wait);
  const { queue, worker, readyAt } = isTaskWait(wait) ? wait.waitsFor : NO_TASK;
  return {
    processId, tokenKey, step, kind: waitsFor.kind, key: address === null ? null : nameIn(address), run, queue, worker, attempt,
    claim: (isStepToken(token) && token.claims) || 0,
    since: new Date(since), dueAt: dateOf(readyAt ?? dueAtOf(wait)), readyAt: dateOf(readyAt), schema,
  }; // prettier-ignore
}

/** True for waits that something outside the engine can end. Others are its own: containers, items that wait their turn, watches. */
export function isShown({ token, waitsFor: { kind } }: WaitState): boolean {
  return kind !== 'branches' && kind !== 'turn' && kind !== 'overdue' && kind !== 'listener' && !(kind === 'timer' && isWatchKey(token.key));
}

const NO_TASK = { queue: null, worker: null, readyAt: null };

function dateOf(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}

/** An audit record with the result or the message that it is about. */
export interface HistoryRecord extends AuditRecord {
  /** The result of the step, as stored. Only on `step-completed`. */
  readonly returned?: unknown;
  /** The data of the response, input or event. Only on `message-delivered`. */
  readonly message?: unknown;
}

export function recordView(processId: string, record: RecordDraft): AuditRecord {
  const { at, ...rest } = record;
  return { processId, ...rest, createdAt: new Date(at) };
}

/** A version of the context: what made it, and what it changed. */
export interface VersionView {
  readonly version: number;
  /** The step that made it; empty for the first, and for those that no step made. */
  readonly step: string;
  readonly createdAt: Date;
  /** The keys it has set. */
  readonly set: readonly string[];
  /** The keys it has removed. */
  readonly removed: readonly string[];
}

export function versionView({ version, step, at, patch, removed, snapshot }: VersionDraft): VersionView {
  return { version, step, createdAt: new Date(at), set: Object.keys(version === 1 ? { ...snapshot, ...patch } : patch), removed };
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
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !sameValue(before[key], after[key]));
  return keys.map((key) => ({ key, before: before[key], after: after[key], step: between.findLast((version) => touches(version, key))?.step ?? '' }));
}

function touches({ patch, removed, snapshot }: VersionDraft, key: string): boolean {
  return key in patch || removed.includes(key) || snapshot !== null;
}

function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A process with its newest values and all it waits for. */
export type ProcessView<C> = Process & { readonly context: C; readonly waits: WaitView[] };
