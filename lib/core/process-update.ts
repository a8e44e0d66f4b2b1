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
  const sending = { id: `${id}.${revision}.${updatedAt.toString(36)}`, sender: updates.sender, pattern: updates.pattern, data };
  return outgoingMessage(process, sending, null, updatedAt);
}

/** The fields of an `AuditRecord`, as JSON. */
function recordJson(processId: string, { at, ...record }: RecordDraft): JsonObject {
  return { processId, ...record, createdAt: moment(at) };
}

function moment(at: number): string {
  return new Date(at).toISOString();
}
