/** Makes the table of the outbox, which the fourth migration adds. */
import { type Index, keyLine, standalone, type Words } from './sql.js';
import type { Dialect } from './words.js';

const indexes: readonly Index[] = [
  ['outbox', 'process', 'process_id, sequence'],
  ['outbox', 'ready', 'ready_at'],
];

export function toOutbox({ words, inlineIndexes }: Dialect): string[] {
  const all = inlineIndexes ? [...outboxColumns(words), ...indexes.map(keyLine)] : outboxColumns(words);
  const table = `create table if not exists workflow_outbox (\n  ${all.join(',\n  ')}\n)${words.table}`;
  return inlineIndexes ? [table] : [table, ...indexes.map(standalone)];
}

export function fromOutbox(): string[] {
  return ['drop table if exists workflow_outbox'];
}

function outboxColumns({ key, text, int }: Words): string[] {
  return [
    `id ${key(160)} not null primary key`, `process_id ${key(100)} not null`, `workflow ${key(100)} not null`, `sequence ${int} not null`, `step ${key(120)}`,
    `sender ${key(255)} not null`, `pattern ${text} not null`, `data ${text} not null`, `attempts ${int} not null`, 'ready_at bigint', `error ${text}`,
    `holder ${key(120)}`, 'created_at bigint not null',
  ]; // prettier-ignore
}
