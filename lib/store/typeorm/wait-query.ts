import { groupKey } from '../../values/digest.js';
import type { ProcessState } from '../../core/process.js';
import type { WaitState } from '../../core/wait.js';
import type { WaitFacts } from '../../core/wait-facts.js';
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

/** For each process with open waits, and each of its steps: what they say, as {@link waitFactsOf} finds it. */
export function waitFactsSql(list: string): string {
  const kinds = `max(case when kind = 'pause' then 1 else 0 end) as is_paused, max(case when kind = 'overdue' then 1 else 0 end) as is_overdue, min(case when kind = 'task' then ready_at end) as first_ready_at,
    max(case when kind in ('branches', 'listener') then 0 else 1 end) as stands`;
  return `select process_id, step, max(attempt) as last_attempt, ${kinds} from workflow_wait where process_id ${list} and kind <> 'closed'
    group by process_id, step order by process_id, step`;
}

/** The rows of one process. */
export function waitFacts(rows: readonly FoundRow[]): WaitFacts {
  const ready = rows.flatMap(({ first_ready_at }) => (first_ready_at === null ? [] : [Number(first_ready_at)]));
  return {
    isPaused: rows.some(({ is_paused }) => Number(is_paused) === 1),
    isOverdue: rows.some(({ is_overdue }) => Number(is_overdue) === 1),
    isRetrying: rows.some(({ last_attempt }) => Number(last_attempt) > 1),
    readyAt: ready.length === 0 ? null : Math.min(...ready),
    steps: rows.filter(({ stands }) => Number(stands) === 1).map(({ step }) => String(step)),
  };
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
