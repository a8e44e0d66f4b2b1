/** Migrates the tables of the first migration to those of the second. A table without the new columns gets all of them at once. */
import { droppedIndexes } from './added-indexes.js';
import { columnsOf, type Index, indexes, keyLine, standalone, type Words } from './sql.js';
import type { ExistingColumns } from './tables.js';
import type { Dialect } from './words.js';

type Changed = 'process' | 'context' | 'wait' | 'inbox';

/** The new columns. The first of each table tells whether the table has them. */
function added({ ascii, text }: Words): Record<Changed, readonly string[]> {
  return {
    process: [`parent_bond ${ascii(16)}`],
    context: [`result ${text}`, `undo_mark ${text}`],
    wait: ['from_at bigint'],
    inbox: ['effective_at bigint'],
  };
}

const newIndexes: readonly (Index & readonly [Changed, ...unknown[]])[] = [
  ['process', 'parent', 'live, parent_id'],
  ['wait', 'kind', 'kind, since'],
];

/** Most processes have no parent. MySQL has no index of only some rows. */
const partial: Readonly<Record<string, string>> = { parent: ' where parent_id is not null' };

export function toFlows(dialect: Dialect, standing: ExistingColumns): string[] {
  const { words, inlineIndexes } = dialect;
  const changes = Object.entries(added(words)) as [Changed, string[]][];
  const lacking = changes.filter(([table, [first]]) => !standing.get(`workflow_${table}`)?.has(columnName(first!)));
  const altered = lacking.flatMap(([table, columns]) => alter[dialect.name](table, columns, words));
  const indexed = inlineIndexes ? [] : newIndexes.map((index) => standalone(index) + (partial[index[1]] ?? ''));
  return [...altered, definitions(words), ...indexed];
}

/** Keys stay as wide as they are, which does no harm. */
export function fromFlows({ words, inlineIndexes }: Dialect): string[] {
  const dropped = Object.entries(added(words)).flatMap(([table, columns]) =>
    columns.map((column) => `alter table workflow_${table} drop column ${columnName(column)}`),
  );
  return [...droppedIndexes({ inlineIndexes }, newIndexes), ...dropped, 'drop table if exists workflow_definition'];
}

/** Tokens in nested containers have long keys. */
const widerKey = ({ key }: Words) => key(500);

const alter: Record<Dialect['name'], (table: Changed, columns: readonly string[], words: Words) => string[]> = {
  postgres: (table, columns, words) => {
    const widened = table === 'wait' ? [`alter column token_key type ${widerKey(words)}`] : [];
    return [`alter table workflow_${table} ${[...columns.map((column) => `add column ${column}`), ...widened].join(', ')}`];
  },
  mysql: (table, columns, words) => {
    const widened = table === 'wait' ? [`modify token_key ${widerKey(words)} not null`] : [];
    const indexed = newIndexes.filter(([of]) => of === table).map((index) => `add ${keyLine(index)}`);
    return [`alter table workflow_${table} ${[...columns.map((column) => `add column ${column}`), ...widened, ...indexed].join(', ')}`];
  },
  sqlite: (table, columns, words) =>
    table === 'wait' ? rebuilt(words, columns) : columns.map((column) => `alter table workflow_${table} add column ${column}`),
};

/** SQLite cannot change a type, so the table is made again. Renaming is avoided: it fails if a view of the application reads the table. */
function rebuilt(words: Words, columns: readonly string[]): string[] {
  const old = columnsOf(words).wait;
  const names = old.slice(0, -1).map(columnName).join(', ');
  const wider = old.map((column) => (columnName(column) === 'token_key' ? `token_key ${widerKey(words)} not null` : column));
  return [
    'create table workflow_wait_copy as select * from workflow_wait',
    'drop table workflow_wait',
    `create table workflow_wait (${[...wider.slice(0, -1), ...columns, wider.at(-1)!].join(', ')})`,
    `insert into workflow_wait (${names}) select ${names} from workflow_wait_copy`,
    'drop table workflow_wait_copy',
    ...indexes.filter(([table]) => table === 'wait').map(standalone),
  ];
}

function definitions({ key, ascii, text, int, table }: Words): string {
  const columns = [
    `name ${key(100)} not null`, `version ${int} not null`, `fingerprint ${ascii(64)} not null`, `document ${text}`, 'withdrawn smallint not null',
    'updated_at bigint not null', 'primary key (name, version)',
  ]; // prettier-ignore
  return `create table if not exists workflow_definition (\n  ${columns.join(',\n  ')}\n)${table}`;
}

export function columnName(column: string): string {
  return column.split(' ')[0]!;
}
