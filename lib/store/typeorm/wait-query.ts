import { groupKey } from '../../values/digest.js';
import type { ProcessState } from '../../core/process.js';
import type { WaitState } from '../../core/wait.js';
import type { WaitQuery } from '../port.js';
import { columns } from './columns.js';
import { allOf, equalTo, ifGiven, type Query } from './query.js';
import { type FoundRow, processState, waitState } from './states.js';

/** Columns are renamed, because both rows have a `worker`, a `claim` and more. */
const ofWait = columns.workflow_wait.map((column) => `w.${column} as w_${column}`).join(', ');
const toProcess = 'join workflow_process p on p.id = w.process_id';
const later = 'w.since >= ? and (w.since > ? or w.process_id > ? or (w.process_id = ? and w.token_key > ?))'; // the index begins at the moment

const order = 'order by w.since, w.process_id, w.token_key';

/** Oldest first, a page at a time. */
export function waitQuery(query: WaitQuery): Query {
  const [ofWaits, ofProcesses] = [allOf(waitConditions(query)), processConditions(query)];
  if (query.groupId !== undefined) return waitsOfGroup(ofWaits, ofProcesses, query.limit);
  const live = existsFor(ofProcesses);
  const page = `select w.* from workflow_wait w${ofWaits.sql} and ${live.sql} ${order} limit ?`;
  return { sql: `select p.*, ${ofWait} from (${page}) w ${toProcess} ${order}`, values: [...ofWaits.values, ...live.values, query.limit] };
}

/** Finds the processes first, because a group has few. */
function waitsOfGroup(ofWaits: Query, processes: Query[], limit: number): Query {
  const ofProcesses = processes.map(({ sql }) => ` and ${sql}`).join('');
  const sql = `select p.*, ${ofWait} from workflow_wait w ${toProcess}${ofWaits.sql}${ofProcesses} ${order} limit ?`;
  return { sql, values: [...ofWaits.values, ...processes.flatMap(({ values }) => values), limit] };
}

/** The page is found by the index of the waits; a planner without statistics would sort all of them. */
function existsFor(conditions: readonly Query[]): Query {
  const { sql, values } = allOf([{ sql: 'p.id = w.process_id', values: [] }, ...conditions]);
  return { sql: `(select 1 from workflow_process p${sql}) = 1`, values };
}

export function waitWithProcess(row: FoundRow): { process: ProcessState; wait: WaitState } {
  const its = Object.fromEntries(columns.workflow_wait.map((column) => [column, row[`w_${column}`]!]));
  return { process: processState(row), wait: waitState(its) };
}

function waitConditions({ kind, step, after }: WaitQuery): Query[] {
  return [
    ...equalTo({ 'w.kind': kind, 'w.step': step }),
    ...ifGiven(after, ({ since, processId, key }) => ({ sql: later, values: [since, since, processId, processId, key] })),
  ];
}

function processConditions({ workflow, groupId }: WaitQuery): Query[] {
  return [
    { sql: 'p.live = 0', values: [] },
    ...equalTo({ 'p.workflow': workflow }),
    ...ifGiven(groupId, (id) => ({ sql: 'p.group_key = ?', values: [groupKey(id)] })),
  ];
}
