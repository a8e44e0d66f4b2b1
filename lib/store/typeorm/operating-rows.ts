/** Rows of pauses and bulk runs, in the order of their columns, and back. */
import type { Json } from '../../values/json.js';
import type { StoredBulk, StoredBulkItem, StoredPause } from '../operating-store.js';
import type { Row } from './rows.js';
import { type FoundRow, parsed } from './states.js';

export function pauseRow(pause: Omit<StoredPause, 'updatedAt'>): Row {
  const { id, address, revision, workflow, step, queue, actor, reason, pausedAt, perMinute } = pause;
  const { resumedBy, resumeReason, resumedAt, releasedUntil, endedAt } = pause;
  const live = endedAt === null ? 0 : null;
  return [id, address, live, revision, workflow, step, queue, actor, reason, pausedAt, perMinute, resumedBy, resumeReason, resumedAt, releasedUntil, endedAt];
}

export function storedPause(row: FoundRow): StoredPause {
  return {
    id: String(row.id), address: String(row.address), revision: Number(row.revision), workflow: maybeText(row.workflow), step: maybeText(row.step), queue: maybeText(row.queue),
    actor: maybeText(row.actor), reason: maybeText(row.reason), pausedAt: Number(row.paused_at), perMinute: maybeWhole(row.per_minute),
    resumedBy: maybeText(row.resumed_by), resumeReason: maybeText(row.resume_reason), resumedAt: maybeWhole(row.resumed_at),
    releasedUntil: maybeWhole(row.released_until), endedAt: maybeWhole(row.ended_at), updatedAt: Number(row.updated_at),
  }; // prettier-ignore
}

export function bulkRow(run: Omit<StoredBulk, 'updatedAt'>): Row {
  const { id, revision, action, filter, options, state, limit, perMinute, done, failed, skipped, actor, reason, cursor, holder, heldUntil } = run;
  const counts = [limit, perMinute, done, failed, skipped];
  return [
    id, revision, action, JSON.stringify(filter), JSON.stringify(options), state, ...counts, actor, reason, cursor, holder, heldUntil, run.startedAt, run.finishedAt,
  ]; // prettier-ignore
}

export function storedBulk(row: FoundRow): StoredBulk {
  return {
    id: String(row.id), revision: Number(row.revision), action: String(row.action), filter: parsed<Json>(row.filter), options: parsed<Json>(row.options),
    state: row.state as StoredBulk['state'], limit: maybeWhole(row.most), perMinute: maybeWhole(row.per_minute), done: Number(row.done), failed: Number(row.failed),
    skipped: Number(row.skipped), actor: maybeText(row.actor), reason: maybeText(row.reason), cursor: maybeText(row.place), holder: maybeText(row.holder),
    heldUntil: Number(row.held_until), startedAt: Number(row.started_at), finishedAt: maybeWhole(row.finished_at), updatedAt: Number(row.updated_at),
  }; // prettier-ignore
}

export function bulkItemRow({ bulkId, id, outcome, error, at }: StoredBulkItem): Row {
  return [bulkId, id, outcome, error, at];
}

export function bulkItem({ bulk_id, item_id, outcome, error, created_at }: FoundRow): StoredBulkItem {
  return { bulkId: String(bulk_id), id: String(item_id), outcome: outcome as StoredBulkItem['outcome'], error: maybeText(error), at: Number(created_at) };
}

function maybeText(value: FoundRow[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function maybeWhole(value: FoundRow[string] | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
