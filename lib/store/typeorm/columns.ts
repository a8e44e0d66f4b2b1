/** The columns of a process that never change after its start. */
export const fixed = ['workflow', 'group_id', 'group_key', 'parent_id', 'parent_bond', 'secret'] as const;

/** The columns of a process that each step changes. No index has one of them. */
export const often = ['revision', 'context_version', 'runs', 'tokens', 'updated_at'] as const;

/** The columns that stay as they are in a change that is `steady`. */
export const seldom = [
  'workflow_version', 'live', 'status', 'snapshot_version', 'root', 'worker', 'claim', 'cause', 'started_at', 'finished_at',
] as const; // prettier-ignore

/** The columns of a process that may change after its start. */
export const changing = [...often, ...seldom] as const;

/** The columns of each table in the order its values are written in. */
export const columns = {
  workflow_process: [...changing, 'id', ...fixed],
  workflow_context: ['process_id', 'version', 'step', 'patch', 'removed', 'snapshot', 'moves', 'result', 'undo_mark', 'created_at'],
  workflow_audit: [
    'process_id', 'sequence', 'type', 'step', 'run', 'attempt', 'context_version', 'actor', 'reason', 'error', 'detail', 'worker', 'created_at',
  ],
  workflow_wait: [
    'process_id', 'token_key', 'step', 'run', 'kind', 'address', 'due_at', 'queue', 'ready_at', 'worker', 'claim', 'attempt', 'since', 'from_at', 'token',
  ],
  workflow_inbox: [
    'id', 'address', 'workflow', 'step', 'identity', 'process_id', 'disposition', 'body', 'size', 'digest', 'reason', 'received_at', 'effective_at',
  ],
  workflow_outbox: [
    'id', 'process_id', 'workflow', 'sequence', 'step', 'sender', 'pattern', 'data', 'attempts', 'ready_at', 'error', 'holder', 'created_at',
  ],
  workflow_search: ['process_id', 'name', 'value', 'workflow', 'started_at'],
  workflow_pause: [
    'id', 'address', 'live', 'revision', 'workflow', 'step', 'queue', 'actor', 'reason', 'paused_at', 'per_minute', 'resumed_by', 'resume_reason',
    'resumed_at', 'released_until', 'ended_at', 'updated_at',
  ],
  workflow_bulk: [
    'id', 'revision', 'action', 'filter', 'options', 'state', 'most', 'per_minute', 'done', 'failed', 'skipped', 'actor', 'reason', 'place', 'holder',
    'held_until', 'started_at', 'finished_at', 'updated_at',
  ],
  workflow_bulk_item: ['bulk_id', 'item_id', 'outcome', 'error', 'created_at'],
  workflow_definition: ['name', 'version', 'fingerprint', 'document', 'withdrawn', 'updated_at'],
} as const; // prettier-ignore

export type Table = keyof typeof columns;

/** The keys of the tables whose rows are overwritten. All other rows are written once, and those of processes are updated. */
const keys = { workflow_wait: ['process_id', 'token_key'], workflow_inbox: ['id'], workflow_search: ['process_id', 'name'] };

export type OverwrittenTable = keyof typeof keys;

export function keyColumnsOf(table: OverwrittenTable): readonly string[] {
  return keys[table];
}

/** The columns that an upsert overwrites. */
export function valueColumns(table: OverwrittenTable): readonly string[] {
  return columns[table].filter((column) => !keys[table].includes(column));
}
