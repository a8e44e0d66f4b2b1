/** Makes states from rows of any driver: a bigint may be a number or a string. */
import type { ParentBond } from '../../core/parent-link.js';
import type { WaitsFor } from '../../core/waits-for.js';
import { parentLink } from '../../core/parent-link.js';
import type { OutgoingMessage } from '../../core/outgoing.js';
import type { MessageState, Move, RecordDraft, UndoMark, VersionDraft } from '../../core/change.js';
import type { Json, JsonObject } from '../../values/json.js';
import type { ProcessState, ProcessStatus } from '../../core/process.js';
import type { Token } from '../../core/token.js';
import type { WaitState } from '../../core/wait.js';
import type { WaitKind } from '../../core/waits-for.js';
import type { FinishedProcess, QueueCount, StoredSize, StoredDefinition, TaskAt, WaitAt } from '../port.js';

type Value = string | number | null;
export type FoundRow = Readonly<Record<string, Value>>;

export function processState(row: FoundRow): ProcessState {
  return {
    ...finishedProcess(row), groupId: text(row.group_id), startedAt: number(row.started_at), contextVersion: number(row.context_version),
    snapshotVersion: number(row.snapshot_version), runs: number(row.runs), root: number(row.root), worker: maybe(row.worker), claim: number(row.claim),
    tokens: parsed<Token[]>(row.tokens), cause: maybe(row.cause), updatedAt: number(row.updated_at),
    secret: maybe(row.secret),
  }; // prettier-ignore
}

export function finishedProcess(row: FoundRow): FinishedProcess {
  return {
    id: text(row.id), workflow: text(row.workflow), workflowVersion: number(row.workflow_version), status: row.status as ProcessStatus,
    revision: number(row.revision), finishedAt: timeOrNull(row.finished_at),
    parent: row.parent_id === null ? null : parentLink(text(row.parent_id), row.parent_bond as ParentBond | null),
  }; // prettier-ignore
}

export function storedSize({ workflow, live, finished, versions, records }: FoundRow): StoredSize {
  return { workflow: text(workflow), live: number(live), finished: number(finished), versions: number(versions), records: number(records) };
}

export function waitState(row: FoundRow): WaitState {
  const claims = number(row.claim);
  const token = {
    ...parsed<Pick<Token, 'does'>>(row.token), key: text(row.token_key), node: text(row.step), run: number(row.run), attempt: number(row.attempt),
    since: number(row.since), ...(claims > 0 && { claims }),
  } as Token; // prettier-ignore
  return { token, waitsFor: waitsForIn(row) };
}

function waitsForIn(row: FoundRow): WaitsFor {
  const dueAt = timeOrNull(row.due_at);
  const kind = row.kind as WaitKind;
  switch (kind) {
    case 'task': return { kind, queue: text(row.queue), readyAt: timeOrNull(row.ready_at), worker: maybe(row.worker), dueAt };
    case 'response': case 'event': case 'input': case 'child': case 'listener': case 'pause': return { kind, address: text(row.address), dueAt };
    case 'timer': case 'condition': return { kind, dueAt };
    default: return { kind };
  } // prettier-ignore
}

export function waitAt(row: FoundRow): WaitAt {
  const { process_id, token_key, run, attempt, step, address, kind, workflow, workflow_version } = row;
  return {
    processId: text(process_id), workflow: text(workflow), workflowVersion: number(workflow_version), key: text(token_key), run: number(run),
    attempt: number(attempt), step: text(step), address: text(address), closed: kind === 'closed',
  }; // prettier-ignore
}

export function taskAt(row: FoundRow): TaskAt {
  const { process_id, token_key, run, queue, ready_at, claim } = row;
  return {
    processId: text(process_id),
    key: text(token_key),
    run: number(run),
    queue: text(queue),
    readyAt: number(ready_at), // 0 for one that is taken
    claim: number(claim),
  };
}

/** A message that was stored before `effective_at` existed counts from its arrival. */
export function messageState(row: FoundRow): MessageState {
  return {
    id: text(row.id), address: text(row.address), workflow: maybe(row.workflow), step: maybe(row.step), identity: text(row.identity ?? row.id), processId: maybe(row.process_id), disposition: row.disposition as MessageState['disposition'],
    body: parsed<Json>(row.body), digest: text(row.digest), reason: maybe(row.reason), receivedAt: number(row.received_at),
    effectiveAt: number(row.effective_at ?? row.received_at),
  }; // prettier-ignore
}

export function outgoingMessageState(row: FoundRow): OutgoingMessage {
  return {
    id: text(row.id), processId: text(row.process_id), workflow: text(row.workflow), sequence: number(row.sequence), step: maybe(row.step),
    sender: text(row.sender), pattern: parsed<Json>(row.pattern), data: parsed<Json>(row.data), attempts: number(row.attempts),
    readyAt: timeOrNull(row.ready_at), error: maybe(row.error), createdAt: number(row.created_at),
  }; // prettier-ignore
}

export function versionDraft(row: FoundRow): VersionDraft {
  return {
    version: number(row.version), step: text(row.step), patch: parsed<JsonObject>(row.patch), removed: parsed<string[] | null>(row.removed) ?? [],
    snapshot: parsed<JsonObject | null>(row.snapshot), moves: parsed<Move[]>(row.moves), at: number(row.created_at),
    ...(isGiven(row.result) && { result: parsed<Json>(row.result) }), ...(isGiven(row.undo_mark) && { undo: parsed<UndoMark>(row.undo_mark) }),
  }; // prettier-ignore
}

export function storedDefinition(row: FoundRow): StoredDefinition {
  const { name, version, fingerprint, document, withdrawn, updated_at } = row;
  return {
    name: text(name), version: number(version), fingerprint: text(fingerprint), document: maybe(document), withdrawn: number(withdrawn) === 1,
    updatedAt: number(updated_at),
  }; // prettier-ignore
}

export function recordDraft(row: FoundRow): RecordDraft {
  return {
    sequence: number(row.sequence), type: row.type as RecordDraft['type'], step: maybe(row.step), run: timeOrNull(row.run), attempt: timeOrNull(row.attempt),
    contextVersion: number(row.context_version), actor: maybe(row.actor), reason: maybe(row.reason), error: maybe(row.error), detail: maybe(row.detail),
    worker: maybe(row.worker), at: number(row.created_at),
  }; // prettier-ignore
}

export function queueCount(row: FoundRow): QueueCount {
  const [all, taken] = [number(row.all_tasks), number(row.taken)];
  return { queue: text(row.queue), waiting: all - taken, taken, readyAt: timeOrNull(row.ready_at) };
}

/** No value is read as `null`. */
export function parsed<T>(value: Value | undefined): T {
  return JSON.parse(value as string) as T;
}

function text(value: Value | undefined): string {
  return String(value);
}

function number(value: Value | undefined): number {
  return Number(value);
}

function isGiven(value: Value | undefined): boolean {
  return value !== null && value !== undefined;
}

function maybe(value: Value | undefined): string | null {
  return isGiven(value) ? String(value) : null;
}

function timeOrNull(value: Value | undefined): number | null {
  return isGiven(value) ? Number(value) : null;
}
