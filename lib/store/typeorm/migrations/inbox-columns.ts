/** Migrates the tables of the second migration to those of the third. A table without the new columns gets all of them at once. */
import { columnName } from './flows.js';
import { droppedIndexes } from './added-indexes.js';
import { type Index, keyLine, standalone, type Words } from './sql.js';
import type { ExistingColumns } from './tables.js';
import type { Dialect } from './words.js';

type InboxTable = 'process' | 'inbox';

/** The new columns. The first of each table tells whether the table has them. */
function newColumns({ key, ascii, text, int }: Words): Record<InboxTable, readonly string[]> {
  return {
    process: [`secret ${ascii(64)}`],
    inbox: [`workflow ${key(100)}`, `step ${key(120)}`, `identity ${ascii(64)}`, `size ${int}`, `reason ${text}`],
  };
}

/** The latest process of a group id, and the messages that wait at an address, are found without reading the others. */
const newIndexes: readonly (Index & readonly [InboxTable, ...unknown[]])[] = [
  ['process', 'latest', 'workflow, group_key, started_at, id'],
  ['inbox', 'place', 'address, disposition, received_at, id'],
];
/** The new index of addresses takes its place. */
const oldIndex = 'workflow_inbox_address';

export function toInbox(dialect: Dialect, standing: ExistingColumns): string[] {
  const changes = Object.entries(newColumns(dialect.words)) as [InboxTable, string[]][];
  const lacking = changes.filter(([table, [first]]) => !standing.get(`workflow_${table}`)?.has(columnName(first!)));
  const changed = lacking.flatMap(([table, columns]) => altered(dialect, table, columns));
  return dialect.inlineIndexes ? changed : [...changed, ...newIndexes.map(standalone), `drop index if exists ${oldIndex}`];
}

function altered({ name, inlineIndexes }: Dialect, table: InboxTable, columns: readonly string[]): string[] {
  const adding = columns.map((column) => `add column ${column}`);
  const keys = newIndexes.filter(([of]) => of === table).map((index) => `add ${keyLine(index)}`);
  const indexed = inlineIndexes ? [...keys, ...(table === 'inbox' ? [`drop key ${oldIndex}`] : [])] : [];
  const alter = `alter table workflow_${table}`;
  return name === 'sqlite' ? adding.map((each) => `${alter} ${each}`) : [`${alter} ${[...adding, ...indexed].join(', ')}`];
}

export function fromInbox({ words, inlineIndexes }: Dialect): string[] {
  const dropped = Object.entries(newColumns(words)).flatMap(([table, columns]) =>
    columns.map((column) => `alter table workflow_${table} drop column ${columnName(column)}`),
  );
  return [`create index ${oldIndex} on workflow_inbox (address)`, ...droppedIndexes({ inlineIndexes }, newIndexes), ...dropped];
}
