/** Makes what people find processes by: the table of search values, and indexes of processes. */
import { type Index, standalone, type Words } from './sql.js';
import type { ExistingColumns } from './tables.js';
import type { Dialect } from './words.js';

const ofProcesses: readonly Index[] = [
  ['process', 'status', 'status, started_at, id'],
  ['process', 'state', 'workflow, status, started_at, id'],
  ['process', 'named', 'group_id'],
  ['process', 'versions', 'live, workflow, workflow_version, status'],
];
/** Those that live. MySQL has no index of only some rows. */
const partial: Readonly<Record<string, string>> = { versions: ' where live = 0' };
const ofValues: Index = ['search', 'value', 'workflow, name, value, started_at, process_id'];

export function toSearch({ words, inlineIndexes }: Dialect, standing: ExistingColumns): string[] {
  const columns = searchColumns(words);
  const table = (lines: readonly string[]) => `create table if not exists workflow_search (\n  ${lines.join(',\n  ')}\n)${words.table}`;
  if (!inlineIndexes) return [table(columns), ...[...ofProcesses, ofValues].map((index) => standalone(index) + (partial[index[1]] ?? ''))];
  const lacking = ofProcesses.filter(([of, name]) => !standing.get(`workflow_${of}`)?.has(`index ${name}`));
  const altered = lacking.length > 0 ? [`alter table workflow_process ${lacking.map((index) => `add ${keyLine(index)}`).join(', ')}`] : [];
  return [table([...columns, keyLine(ofValues)]), ...altered];
}

export function fromSearch({ inlineIndexes }: Dialect): string[] {
  const unindexed = ofProcesses.map(([of, name]) => `drop index workflow_${of}_${name}${inlineIndexes ? ` on workflow_${of}` : ''}`);
  return ['drop table if exists workflow_search', ...unindexed];
}

function keyLine([table, name, of]: Index): string {
  return `key workflow_${table}_${name} (${of})`;
}

function searchColumns({ key }: Words): string[] {
  return [
    `process_id ${key(100)} not null`, `name ${key(100)} not null`, `value ${key(255)} not null`, `workflow ${key(100)} not null`, 'started_at bigint not null',
    'primary key (process_id, name)',
  ]; // prettier-ignore
}
