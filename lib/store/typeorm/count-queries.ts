/** Counts for people. Each has a limit, so that it costs the same however many there are. */
import { FAILURE } from '../../core/failure-text.js';
import type { ProcessQuery, StatusAt } from '../port.js';
import type { VersionAt } from '../store-counts.js';
import type { Query } from './query.js';

/** How the different values of a column are found. `loose`: the database jumps from value to value by itself. */
export type DistinctBy = 'loose' | 'steps';

interface Distinct {
  readonly table: string;
  readonly column: string;
  /** Conditions on the first columns of the index. */
  readonly where: Query;
  readonly limit: number;
}

/** The different values of an indexed column, in order. Reads about as many rows as there are values. */
export function distinctQuery(by: DistinctBy, { table, column, where, limit }: Distinct): Query {
  if (by === 'loose')
    return { sql: `select distinct ${column} as found from ${table} where ${where.sql} order by ${column} limit ?`, values: [...where.values, limit] };
  const sql = `with recursive step(found) as (
      select min(${column}) from ${table} where ${where.sql}
      union all select (select min(${column}) from ${table} where ${where.sql} and ${column} > step.found) from step where step.found is not null
    ) select found from step where found is not null limit ?`;
  return { sql, values: [...where.values, ...where.values, limit] };
}

export const ofFailures = (workflow: string): Query => ({ sql: 'workflow = ? and name = ?', values: [workflow, FAILURE] });

/** How many processes there are of each workflow and status, up to a limit. */
export function statusCountsQuery(groups: readonly StatusAt[], upTo: number): Query {
  const each = 'select ? as workflow, ? as status, count(*) as many from (select 1 as one from workflow_process where workflow = ? and status = ? limit ?) c';
  return { sql: groups.map(() => each).join(' union all '), values: groups.flatMap(({ workflow, status }) => [workflow, status, workflow, status, upTo]) };
}

/** How many processes have each of these search values, up to a limit. */
export function valueCountsQuery(workflow: string, search: NonNullable<ProcessQuery['search']>, upTo: number): Query {
  const each = 'select ? as name, count(*) as many from (select 1 as one from workflow_search where workflow = ? and name = ? and value = ? limit ?) c';
  return { sql: search.map(() => each).join(' union all '), values: search.flatMap(({ name, value }) => [name, workflow, name, value, upTo]) };
}

/** How many live processes there are of each of these versions, up to a limit. */
export function liveCountsQuery(versions: readonly VersionAt[], upTo: number): Query {
  const each = `select ? as workflow, ? as version, count(*) as many
    from (select 1 as one from workflow_process where live = 0 and workflow = ? and workflow_version = ? limit ?) c`;
  return {
    sql: versions.map(() => each).join(' union all '),
    values: versions.flatMap(({ workflow, version }) => [workflow, version, workflow, version, upTo]),
  };
}

const ofFailure = 'from workflow_search where workflow = ? and name = ? and value = ?';
const oneFailure = `select ? as workflow, ? as value, count(*) as many, min(started_at) as oldest_at,
  (select process_id ${ofFailure} order by started_at desc, process_id desc limit 1) as example
  from (select started_at ${ofFailure} order by started_at, process_id limit ?) c`;

/** How many processes have failed in each of these ways, up to a limit: since when, and the newest of them. */
export function failureCountsQuery(failures: readonly { readonly workflow: string; readonly value: string }[], upTo: number): Query {
  const values = failures.flatMap(({ workflow, value }) => [workflow, value, workflow, FAILURE, value, workflow, FAILURE, value, upTo]);
  return { sql: failures.map(() => oneFailure).join(' union all '), values };
}

/** Processes that take too long, by workflow and step. */
export function overdueQuery(upTo: number): Query {
  const oldest = `select process_id, step, since from workflow_wait where kind = 'overdue' order by since, process_id limit ?`;
  const sql = `select 'overdue' as kind, p.workflow as workflow, w.step as step, count(*) as many, min(w.since) as oldest_at, min(p.id) as example
    from (${oldest}) w join workflow_process p on p.id = w.process_id group by p.workflow, w.step`;
  return { sql, values: [upTo] };
}

/** Answers that a step has refused, and answers that have waited for a step for long. */
export function messageTroubleQueries(storedBefore: number, upTo: number): Query[] {
  const grouped = (
    kind: string,
    which: string,
  ) => `select '${kind}' as kind, workflow, step, count(*) as many, min(received_at) as oldest_at, min(id) as example
    from (select id, workflow, step, received_at from workflow_inbox where ${which} order by received_at, id limit ?) m group by workflow, step`;
  return [
    { sql: grouped('refused', `disposition = 'refused'`), values: [upTo] },
    { sql: grouped('unmatched', `disposition = 'stored' and received_at < ? and substr(address, 1, 2) = 'r:'`), values: [storedBefore, upTo] },
  ];
}

/** Messages that are not transmitted any more. */
export function parkedQuery(upTo: number): Query {
  const oldest = 'select id, workflow, step, created_at from workflow_outbox where ready_at is null order by created_at limit ?';
  const sql = `select 'parked' as kind, workflow, step, count(*) as many, min(created_at) as oldest_at, min(id) as example from (${oldest}) o group by workflow, step`;
  return { sql, values: [upTo] };
}
