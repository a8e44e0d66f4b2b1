/** Makes the index by which finished processes are found, which the fifth migration adds. */
import { addedIndexes, droppedIndexes } from './added-indexes.js';
import type { Index } from './sql.js';
import type { ExistingColumns } from './tables.js';
import type { Dialect } from './words.js';

const indexes: readonly Index[] = [['process', 'finished', 'workflow, finished_at, id']];
/** A live process is not in it. On MySQL a process changes it once, when it ends. */
const only = { finished: ' where finished_at is not null' };

export function toRetention(dialect: Dialect, standing: ExistingColumns): string[] {
  return addedIndexes(dialect, standing, indexes, only);
}

export function fromRetention(dialect: Dialect): string[] {
  return droppedIndexes(dialect, indexes);
}
