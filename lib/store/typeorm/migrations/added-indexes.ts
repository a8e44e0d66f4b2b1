import { grouped } from '../../../values/grouped.js';
import { type Index, keyLine, standalone } from './sql.js';
import type { ExistingColumns } from './tables.js';
import type { Dialect } from './words.js';

/** Conditions of indexes that have only some rows, by name. MySQL has no such indexes: there, all rows are in them. */
export type IndexConditions = Readonly<Record<string, string>>;

/** Adds indexes to tables that are there, unless they have them. */
export function addedIndexes({ inlineIndexes }: Dialect, standing: ExistingColumns, indexes: readonly Index[], only: IndexConditions = {}): string[] {
  if (!inlineIndexes) return indexes.map((index) => standalone(index) + (only[index[1]] ?? ''));
  const lacking = indexes.filter(([table, name]) => !standing.get(`workflow_${table}`)?.has(`index ${name}`));
  return [...grouped(lacking, ([table]) => table)].map(
    ([table, of]) => `alter table workflow_${table} ${of.map((index) => `add ${keyLine(index)}`).join(', ')}`,
  );
}

/** Takes them away. */
export function droppedIndexes({ inlineIndexes }: Pick<Dialect, 'inlineIndexes'>, indexes: readonly Index[]): string[] {
  return indexes.map(([table, name]) => `drop index workflow_${table}_${name}${inlineIndexes ? ` on workflow_${table}` : ''}`);
}
