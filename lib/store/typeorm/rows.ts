/** Rows from states: the values of each table in the order of its `columns`. Reading is in `states.ts`. */
import { bondOf } from '../../core/parent-link.js';
import type { Change, MessageState, RecordDraft, SearchValue, VersionDraft } from '../../core/change.js';
import { groupKey } from '../../values/digest.js';
import { isFinished, type ProcessState } from '../../core/process.js';
import type { OutgoingMessage } from '../../core/outgoing.js';
import type { StepToken } from '../../core/token.js';
import { addressOf, dueAtOf, type WaitState } from '../../core/wait.js';

/** The values of one row. */
export type Row = readonly unknown[];

/** How a JSON value goes into a row: as text, or as it is where the whole batch becomes one JSON. */
export type Encode = (value: unknown) => unknown;

export const asText: Encode = (value) => JSON.stringify(value);

/** The columns that may change after the start. */
export function changingRow(change: Change, encode: Encode): Row {
  return [...oftenRow(change, encode), ...seldomRow(change)];
}

/** The columns that each step changes. */
export function oftenRow({ process: { revision, contextVersion, runs, tokens, updatedAt } }: Change, encode: Encode): Row {
  return [revision, contextVersion, runs, encode(tokens), updatedAt];
}

/** The columns that few steps change. */
export function seldomRow({ process }: Change): Row {
  const { workflowVersion, status, snapshotVersion, root, worker, claim, startedAt, finishedAt } = process;
  return [workflowVersion, isFinished(status) ? null : 0, status, snapshotVersion, root, worker, claim, told(process.cause), startedAt, finishedAt];
}

/** Which process it is, and the revision it is expected to have. */
export function guardRow({ process: { id }, expected }: Change): Row {
  return [id, expected];
}

/** The columns that never change after the start. */
export function fixedRow({ workflow, groupId, parent, secret }: ProcessState): Row {
  return [workflow, groupId, groupKey(groupId), parent && parent.id, parent && bondOf(parent), secret];
}

export function newProcessRow(change: Change, encode: Encode): Row {
  return [...changingRow(change, encode), change.process.id, ...fixedRow(change.process)];
}

/** The versions and the records of several changes. */
export function historyRows(changes: readonly Change[], encode: Encode): { readonly versions: Row[]; readonly records: Row[] } {
  const versions: Row[] = [];
  const records: Row[] = [];
  for (const change of changes) {
    const { id } = change.process;
    for (const version of change.versions) versions.push(versionRow(id, version, encode));
    for (const record of change.records) records.push(recordRow(id, record));
  }
  return { versions, records };
}

/** A result may be any JSON value, so it is always encoded as text. */
export function versionRow(processId: string, version: VersionDraft, encode: Encode): Row {
  const { step, patch, removed, snapshot, moves, result, undo, at } = version;
  return [
    processId, version.version, step, encode(patch), removed.length === 0 ? null : encode(removed), snapshot === null ? null : encode(snapshot),
    encode(moves), result === undefined ? null : asText(result), undo === undefined ? null : encode(undo), at,
  ]; // prettier-ignore
}

export function recordRow(processId: string, record: RecordDraft): Row {
  const { sequence, type, step, run, attempt, contextVersion, actor, reason, error, detail, worker, at } = record;
  return [processId, sequence, type, step, run, attempt, contextVersion, told(actor), told(reason), told(error), told(detail), worker, at];
}

export function waitRow(processId: string, wait: WaitState, encode: Encode): Row {
  const { token, waitsFor } = wait;
  const { key, node, run, attempt, since, claims = 0, ...rest } = token as StepToken; // other tokens have no claims
  const { queue, readyAt, worker } = waitsFor.kind === 'task' ? waitsFor : NO_TASK;
  const kept = [attempt, since, rest.from ?? null, encode(rest)];
  return [processId, key, node, run, waitsFor.kind, addressOf(wait), dueAtOf(wait), queue, readyAt, worker, claims, ...kept];
}

const NO_TASK = { queue: null, readyAt: null, worker: null };

/** A body may be any JSON value, also a bare string, so it is always encoded as text. */
export function messageRow(message: MessageState): Row {
  const { id, address, workflow, step, identity, processId, disposition, digest, reason, receivedAt, effectiveAt } = message;
  const body = JSON.stringify(message.body);
  return [id, address, workflow, step, identity, processId, disposition, body, body.length, digest, told(reason), receivedAt, effectiveAt];
}

/** The last state of each message: joined changes may contain a message twice. */
export function messageRows({ messages }: Change): Row[] {
  return [...new Map(messages.map((message) => [message.id, message])).values()].map(messageRow);
}

/** Pattern and data may be any JSON value, so they are always encoded as text. */
export function outgoingRow(message: OutgoingMessage): Row {
  const { id, processId, workflow, sequence, step, sender, pattern, data, attempts, readyAt, error, createdAt } = message;
  return [id, processId, workflow, sequence, step, sender, asText(pattern), asText(data), attempts, readyAt, told(error), null, createdAt];
}

/** `value` null: the row goes. */
export function searchRow({ process: { id, workflow, startedAt } }: Change, { name, value }: SearchValue): Row {
  return [id, name, value, workflow, startedAt];
}

/** Replaces NUL and halves of characters, which some databases refuse: an error text must not stop a process. */
function told(text: string | null): string | null {
  return text && text.toWellFormed().replaceAll('\0', '\uFFFD');
}
