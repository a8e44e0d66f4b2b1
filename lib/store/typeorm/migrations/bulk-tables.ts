/** Makes the tables of bulk runs and of what they have done. */
import { type Index, keyLine, standalone, type Words } from './sql.js';
import type { Dialect } from './words.js';

const indexes: readonly Index[] = [
  ['bulk', 'started', 'started_at, id'],
  ['bulk', 'state', 'state'],
];

export function toBulk({ words, inlineIndexes }: Dialect): string[] {
  const all = inlineIndexes ? [...bulkColumns(words), ...indexes.map(keyLine)] : bulkColumns(words);
  const tables = [made('workflow_bulk', all, words), made('workflow_bulk_item', itemColumns(words), words)];
  return inlineIndexes ? tables : [...tables, ...indexes.map(standalone)];
}

function made(table: string, columns: readonly string[], words: Words): string {
  return `create table if not exists ${table} (\n  ${columns.join(',\n  ')}\n)${words.table}`;
}

export function fromBulk(): string[] {
  return ['drop table if exists workflow_bulk_item', 'drop table if exists workflow_bulk'];
}

function bulkColumns({ key, ascii, text, int }: Words): string[] {
  return [
    `id ${ascii(36)} not null primary key`, `revision ${int} not null`, `action ${ascii(12)} not null`, `filter ${text} not null`, `options ${text} not null`,
    `state ${ascii(8)} not null`, `most ${int}`, `per_minute ${int}`, `done ${int} not null`, `failed ${int} not null`, `skipped ${int} not null`, `actor ${key(255)}`,
    `reason ${text}`, `place ${text}`, `holder ${key(120)}`, 'held_until bigint not null', 'started_at bigint not null', 'finished_at bigint', 'updated_at bigint not null',
  ]; // prettier-ignore
}

function itemColumns({ key, ascii, text }: Words): string[] {
  return [
    `bulk_id ${ascii(36)} not null`, `item_id ${key(160)} not null`, `outcome ${ascii(8)} not null`, `error ${text}`, 'created_at bigint not null',
    'primary key (bulk_id, item_id)',
  ]; // prettier-ignore
}
