import type { AuditType, Change, RecordDraft } from '../core/change.js';
import type { OutgoingMessage } from '../core/outgoing.js';
import type { ProcessState } from '../core/process.js';

/** What an application can be told of, after the commit. */
export type NoticeName = `process.${'started' | 'completed' | 'cancelled' | 'failed' | 'suspended'}` | `step.${'failed' | 'overdue'}` | 'message.parked';

/** One thing that has happened to a process, as this instance has committed it. Best effort: the audit records are the truth. */
export interface WorkflowNotice {
  readonly name: NoticeName;
  readonly workflow: string;
  readonly version: number | null;
  readonly processId: string;
  readonly groupId: string | null;
  readonly step: string | null;
  readonly run: number | null;
  readonly attempt: number | null;
  /** Why it failed, was suspended or is parked. */
  readonly error: string | null;
  /** Who did it, and why, if that was said. */
  readonly actor: string | null;
  readonly reason: string | null;
  readonly at: Date;
  /** Of `message.parked`: the message that waits for `workflows.outbox.replay(id)`, and who should have transmitted it. */
  readonly message?: { readonly id: string; readonly sender: string; readonly attempts: number };
}

const NAMES: Readonly<Partial<Record<AuditType, NoticeName>>> = {
  'process-started': 'process.started',
  'process-completed': 'process.completed',
  'process-cancelled': 'process.cancelled',
  'process-failed': 'process.failed',
  'process-suspended': 'process.suspended',
  'step-failed': 'step.failed',
  'step-overdue': 'step.overdue',
};

export const NOTICE_NAMES: readonly NoticeName[] = [...new Set(Object.values(NAMES)), 'message.parked'];

/** Calls `tell` for each notice of a change that is wanted. Makes nothing for the others. */
export function noticesOf({ process, records }: Change, isWanted: (name: NoticeName) => boolean, tell: (notice: WorkflowNotice) => void): void {
  for (const record of records) {
    const name = NAMES[record.type];
    if (name !== undefined && isWanted(name)) tell(noticeOf(name, process, record));
  }
}

function noticeOf(name: NoticeName, process: ProcessState, { step, run, attempt, error, actor, reason, at }: RecordDraft): WorkflowNotice {
  const { id: processId, workflow, workflowVersion: version, groupId } = process;
  return { name, workflow, version, processId, groupId, step, run, attempt, error, actor, reason, at: new Date(at) };
}

/** Its process may be over, and is not read for this. */
export function parkedNotice({ id, workflow, processId, step, sender, attempts, error }: OutgoingMessage, at: Date): WorkflowNotice {
  const unknown = { version: null, groupId: null, run: null, attempt: null, actor: null, reason: null };
  return { name: 'message.parked', workflow, processId, step, error, ...unknown, at, message: { id, sender, attempts } };
}
