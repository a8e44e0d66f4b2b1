/** Adds what workers report of their tasks, and the index by which bulk runs that have ended are found. */
import { addedIndexes, droppedIndexes } from './added-indexes.js';
import type { Index } from './sql.js';
import type { ExistingColumns } from './tables.js';
import type { Dialect } from './words.js';

const indexes: readonly Index[] = [['bulk', 'ended', 'finished_at']];

export function toReport(dialect: Dialect, standing: ExistingColumns): string[] {
  const isThere = standing.get('workflow_worker')?.has('report');
  const column = isThere ? [] : [`alter table workflow_worker add column report ${dialect.words.text}`];
  return [...column, ...addedIndexes(dialect, standing, indexes)];
}

export function fromReport(dialect: Dialect): string[] {
  return ['alter table workflow_worker drop column report', ...droppedIndexes(dialect, indexes)];
}
