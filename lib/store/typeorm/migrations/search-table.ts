/** Makes what people find processes by: the table of search values, and indexes of processes. */
import { addedIndexes, droppedIndexes } from './added-indexes.js';
import { type Index, keyLine, type Words } from './sql.js';
import type { ExistingColumns } from './tables.js';
import type { Dialect } from './words.js';

const ofProcesses: readonly Index[] = [
  ['process', 'status', 'status, started_at, id'],
  ['process', 'state', 'workflow, status, started_at, id'],
  ['process', 'named', 'group_id'],
  ['process', 'versions', 'live, workflow, workflow_version, status'],
];
/** Those that live. */
const only = { versions: ' where live = 0' };
const ofValues: Index = ['search', 'value', 'workflow, name, value, started_at, process_id'];

export function toSearch(dialect: Dialect, standing: ExistingColumns): string[] {
  const { words, inlineIndexes } = dialect;
  const lines = inlineIndexes ? [...searchColumns(words), keyLine(ofValues)] : searchColumns(words);
  const table = `create table if not exists workflow_search (\n  ${lines.join(',\n  ')}\n)${words.table}`;
  return [table, ...addedIndexes(dialect, standing, inlineIndexes ? ofProcesses : [...ofProcesses, ofValues], only), ...pagesFilled(dialect, 60)];
}

export function fromSearch(dialect: Dialect): string[] {
  return ['drop table if exists workflow_search', ...droppedIndexes(dialect, ofProcesses), ...pagesFilled(dialect, 70)];
}

/**
 * With more room in its page, a process that changes stays there, and the update touches none of these indexes: with 100 in flight in
 * 84 of 100 updates instead of 78, and the table is no larger.
 */
function pagesFilled({ name }: Dialect, percent: number): string[] {
  return name === 'postgres' ? [`alter table workflow_process set (fillfactor = ${percent})`] : [];
}

function searchColumns({ key }: Words): string[] {
  return [
    `process_id ${key(100)} not null`, `name ${key(100)} not null`, `value ${key(255)} not null`, `workflow ${key(100)} not null`, 'started_at bigint not null',
    'primary key (process_id, name)',
  ]; // prettier-ignore
}
