/** Rows from states. Reading is in `states.ts`. */
import { bondOf } from '../../core/parent-link.js';
import type { Change, MessageState, RecordDraft, VersionDraft } from '../../core/change.js';
import { groupKey } from '../../values/digest.js';
import { isFinished, type ProcessState } from '../../core/process.js';
import type { StepToken } from '../../core/token.js';
import { addressOf, dueAtOf, type WaitState } from '../../core/wait.js';
import type { Row } from './columns.js';

/** How a JSON value goes into a row: as text, or as it is where the whole batch becomes one JSON. */
export type Encode = (value: unknown) => unknown;

export const asText: Encode = (value) => JSON.stringify(value);

/** Only a new row gets the key of its group, which never changes. Hashing it for every step would cost as much as the rest. */
export function processRow(process: ProcessState, encode: Encode, isNew: boolean): Row<'workflow_process'> {
  const { id, workflow, workflowVersion, groupId, status, revision, contextVersion, snapshotVersion, runs, root, worker, claim, parent } = process;
  return {
    id, workflow, workflow_version: workflowVersion, group_id: groupId, group_key: isNew ? groupKey(groupId) : null, live: isFinished(status) ? null : 0, status,
    revision, context_version: contextVersion, snapshot_version: snapshotVersion, runs, root, worker, claim, tokens: encode(process.tokens),
    cause: told(process.cause), parent_id: parent && parent.id, parent_bond: parent && bondOf(parent), secret: process.secret, started_at: process.startedAt,
    finished_at: process.finishedAt, updated_at: process.updatedAt,
  }; // prettier-ignore
}

/** A result may be any JSON value, so it is always encoded as text. */
export function versionRow(process_id: string, version: VersionDraft, encode: Encode): Row<'workflow_context'> {
  const { step, patch, removed, snapshot, moves, result, undo, at } = version;
  return {
    process_id, version: version.version, step, patch: encode(patch), removed: removed.length === 0 ? null : encode(removed),
    snapshot: snapshot === null ? null : encode(snapshot), moves: encode(moves),
    result: result === undefined ? null : asText(result), undo_mark: undo === undefined ? null : encode(undo), created_at: at,
  }; // prettier-ignore
}

export function recordRow(process_id: string, record: RecordDraft): Row<'workflow_audit'> {
  const { sequence, type, step, run, attempt, contextVersion, worker, at } = record;
  return {
    process_id, sequence, type, step, run, attempt, context_version: contextVersion, actor: told(record.actor), reason: told(record.reason),
    error: told(record.error), detail: told(record.detail), worker, created_at: at,
  }; // prettier-ignore
}

export function waitRow(process_id: string, { token, waitsFor }: WaitState, encode: Encode): Row<'workflow_wait'> {
  const { key, node, run, attempt, since, claims = 0, ...rest } = token as StepToken; // other tokens have no claims
  const task = waitsFor.kind === 'task' ? waitsFor : NO_TASK;
  return {
    process_id, token_key: key, step: node, run, kind: waitsFor.kind, address: addressOf({ token, waitsFor }), due_at: dueAtOf({ token, waitsFor }),
    queue: task.queue, ready_at: task.readyAt, worker: task.worker, claim: claims, attempt, since, from_at: rest.from ?? null, token: encode(rest),
  }; // prettier-ignore
}

const NO_TASK = { queue: null, readyAt: null, worker: null };

/** A body may be any JSON value, also a bare string, so it is always encoded as text. */
export function messageRow(message: MessageState): Row<'workflow_inbox'> {
  const { id, address, workflow, step, identity, processId, disposition, digest, reason, receivedAt, effectiveAt } = message;
  const body = JSON.stringify(message.body);
  return {
    id, address, workflow, step, identity, process_id: processId, disposition, body, size: body.length, digest, reason: told(reason),
    received_at: receivedAt, effective_at: effectiveAt,
  }; // prettier-ignore
}

/** The last state of each message: joined changes may contain a message twice. */
export function messageRows({ messages }: Change): Row<'workflow_inbox'>[] {
  return [...new Map(messages.map((message) => [message.id, message])).values()].map(messageRow);
}

/** Replaces NUL and halves of characters, which some databases refuse: an error text must not stop a process. */
function told(text: string | null): string | null {
  if (text === null || (text.isWellFormed() && !text.includes('\0'))) return text;
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
