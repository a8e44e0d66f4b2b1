/** Makes the index by which finished processes are found, which the fifth migration adds. */
import { type Index, standalone } from './sql.js';
import type { ExistingColumns } from './tables.js';
import type { Dialect } from './words.js';

const index: Index = ['process', 'finished', 'workflow, finished_at, id'];
/** A live process is not in it. MySQL has no index of only some rows: there, a process changes it once, when it ends. */
const partial = ' where finished_at is not null';

export function toRetention({ inlineIndexes }: Dialect, standing: ExistingColumns): string[] {
  const [table, name, of] = index;
  if (!inlineIndexes) return [standalone(index) + partial];
  const isThere = standing.get(`workflow_${table}`)?.has(`index ${name}`);
  return isThere ? [] : [`alter table workflow_${table} add key workflow_${table}_${name} (${of})`];
}

export function fromRetention({ inlineIndexes }: Dialect): string[] {
  return [`drop index workflow_process_finished${inlineIndexes ? ' on workflow_process' : ''}`];
}
