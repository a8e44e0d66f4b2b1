/** Makes the index by which live processes are counted, which the fifth migration adds. */
import { type Index, standalone } from './sql.js';
import type { ExistingColumns } from './tables.js';
import type { Dialect } from './words.js';

const index: Index = ['process', 'status', 'live, workflow, status'];
const name = 'workflow_process_status';

/** MySQL has neither an index of only some rows nor `if not exists`, so its indexes are listed with the columns. */
export function toStatusIndex({ inlineIndexes }: Dialect, standing: ExistingColumns): string[] {
  if (!inlineIndexes) return [`${standalone(index)} where live = 0`];
  return standing.get('workflow_process')?.has(name) ? [] : [`alter table workflow_process add key ${name} (${index[2]})`];
}

export function fromStatusIndex({ inlineIndexes }: Dialect): string[] {
  return [`drop index ${name}${inlineIndexes ? ' on workflow_process' : ''}`];
}
