import { shownDetail } from '../core/process-update.js';
import { bondOf } from '../core/parent-link.js';
import type { RecordDraft, VersionDraft } from '../core/change.js';
import type { Json, JsonObject } from '../values/json.js';
import { isResponse, nameIn } from '../core/addresses.js';
import { groupKey } from '../values/digest.js';
import { isFinished, type ProcessState } from '../core/process.js';
import { isWatchKey } from '../core/token-key.js';
import { isStepToken } from '../core/token.js';
import { addressOf, dueAtOf, isTaskWait, type WaitState } from '../core/wait.js';
import type { AuditRecord, Process, ProcessInternals, WaitInternals, WaitView } from './shapes.js';

/** The process as the service returns it. */
export function processView({ startedAt, finishedAt, updatedAt, ...state }: ProcessState): Process {
  const { id, workflow, workflowVersion, groupId, status, revision, contextVersion, snapshotVersion, runs, cause, parent } = state;
  return {
    id, workflow, workflowVersion, groupId, live: isFinished(status) ? null : 0, status, revision, contextVersion, snapshotVersion, runs, cause,
    parentId: parent && parent.id, startedAt: new Date(startedAt), finishedAt: dateOf(finishedAt), updatedAt: new Date(updatedAt),
  }; // prettier-ignore
}

/** The same with what belongs to the engine, except its secret. */
export function processViewWithInternals(state: ProcessState): Process & ProcessInternals {
  const { groupId, root, worker, claim, tokens, parent } = state;
  return { ...processView(state), groupKey: groupKey(groupId), root, worker, claim, tokens, parentBond: parent && bondOf(parent) };
}

/** A wait as the service returns it, without the correlation id that ends it. */
export function waitView(processId: string, wait: WaitState, schema: object | null = null): WaitView {
  const { token, waitsFor } = wait;
  const { node: step, run, since, attempt } = token;
  const address = addressOf(wait);
  const { queue, readyAt } = isTaskWait(wait) ? wait.waitsFor : NO_TASK;
  return {
    processId, step, kind: waitsFor.kind, key: address === null || isResponse(address) ? null : nameIn(address), run, queue, attempt,
    since: new Date(since), dueAt: dateOf(readyAt ?? dueAtOf(wait)), readyAt: dateOf(readyAt), schema,
  }; // prettier-ignore
}

export function waitViewWithInternals(processId: string, wait: WaitState, schema: object | null): WaitView & WaitInternals {
  const { token } = wait;
  const address = addressOf(wait);
  const internals = { tokenKey: token.key, worker: isTaskWait(wait) ? wait.waitsFor.worker : null, claim: (isStepToken(token) && token.claims) || 0 };
  return { ...waitView(processId, wait, schema), key: address === null ? null : nameIn(address), ...internals };
}

/** True for waits that something outside the engine can end. Others are its own: containers, items that wait their turn, watches. */
export function isShown({ token, waitsFor: { kind } }: WaitState): boolean {
  return kind !== 'branches' && kind !== 'turn' && kind !== 'overdue' && kind !== 'listener' && !(kind === 'timer' && isWatchKey(token.key));
}

const NO_TASK = { queue: null, readyAt: null };

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

/** A record without the correlation id that a step has asked under. */
export function recordView(processId: string, record: RecordDraft, internals = false): AuditRecord {
  const { at, ...rest } = record;
  return { processId, ...rest, detail: internals ? rest.detail : shownDetail(rest), createdAt: new Date(at) };
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

/** A process with its newest values and what it waits for, at most 200 waits. */
export type ProcessView<C> = Process & { readonly context: C; readonly waits: WaitView[] };

/** The same with what belongs to the engine. */
export type FullProcessView<C> = Process & ProcessInternals & { readonly context: C; readonly waits: (WaitView & WaitInternals)[] };
