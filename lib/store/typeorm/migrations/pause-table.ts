/** Makes the table of pauses. */
import { type Index, keyLine, standalone, type Words } from './sql.js';
import type { Dialect } from './words.js';

const indexes: readonly Index[] = [
  ['pause', 'place', 'address, live', 'unique'],
  ['pause', 'live', 'live'],
  ['pause', 'ended', 'ended_at'],
  ['pause', 'updated', 'updated_at'],
];

export function toPause({ words, inlineIndexes }: Dialect): string[] {
  const all = inlineIndexes ? [...pauseColumns(words), ...indexes.map(keyLine)] : pauseColumns(words);
  const table = `create table if not exists workflow_pause (\n  ${all.join(',\n  ')}\n)${words.table}`;
  return inlineIndexes ? [table] : [table, ...indexes.map(standalone)];
}

export function fromPause(): string[] {
  return ['drop table if exists workflow_pause'];
}

function pauseColumns({ key, ascii, text, int }: Words): string[] {
  return [
    `id ${ascii(36)} not null primary key`, `address ${ascii(40)} not null`, 'live smallint', `revision ${int} not null`, `workflow ${key(100)}`, `step ${key(120)}`,
    `queue ${key(100)}`, `actor ${key(255)}`, `reason ${text}`, 'paused_at bigint not null', `per_minute ${int}`, `resumed_by ${key(255)}`, `resume_reason ${text}`,
    'resumed_at bigint', 'released_until bigint', 'ended_at bigint', 'updated_at bigint not null',
  ]; // prettier-ignore
}
