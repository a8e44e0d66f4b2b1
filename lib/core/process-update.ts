import type { WorkflowDefinition } from '../definition/graph.js';
import type { JsonObject } from '../values/json.js';
import type { RecordDraft, VersionDraft } from './change.js';
import { outgoingMessage, type OutgoingMessage } from './outgoing.js';
import type { ProcessState } from './process.js';

/** The message that tells of one commit of a process. `update` grows with each, and is the sequence of its last record. */
export function updateOf(
  process: ProcessState,
  updates: NonNullable<WorkflowDefinition['updates']>,
  records: readonly RecordDraft[],
  versions: readonly VersionDraft[],
): OutgoingMessage {
  const { id, workflow, workflowVersion, groupId, status, revision, contextVersion, updatedAt } = process;
  const data: JsonObject = {
    update: revision, processId: id, workflow, workflowVersion, groupId, status, contextVersion, at: moment(updatedAt),
    records: records.map((record) => recordJson(id, record)),
    ...(updates.context && { changes: versions.map(({ version, step, patch, removed }) => ({ version, step, patch, removed })) }),
  }; // prettier-ignore
  // An id may be used again after its process was deleted, so the moment is part of it.
  const sending = { id: `${id}.${revision}.${updatedAt.toString(36)}`, sender: updates.sender, pattern: updates.pattern, data };
  return outgoingMessage(process, sending, null, updatedAt);
}

/** The fields of an `AuditRecord`, as JSON. */
function recordJson(processId: string, { at, ...record }: RecordDraft): JsonObject {
  return { processId, ...record, detail: shownDetail(record), createdAt: moment(at) };
}

/** The correlation id of a request is a secret: who has it can answer. */
export function shownDetail({ type, detail }: Pick<RecordDraft, 'type' | 'detail'>): string | null {
  return type === 'response-requested' ? null : detail;
}

/** False for what people have done about the outbox: otherwise a dead receiver of updates would get one more with each. */
export function isToldOf(records: readonly RecordDraft[]): boolean {
  return records.some(({ type }) => type !== 'send-replayed' && type !== 'send-discarded');
}

function moment(at: number): string {
  return new Date(at).toISOString();
}
