/**
 * A whole batch as one statement: the guarded updates and inserts of processes first, then everything else for those whose
 * guard held. Its parameters are one JSON per table.
 */
import { columns, keyColumnsOf, often, type OverwrittenTable, seldom, type Table, valueColumns } from '../columns.js';
import { onConflict } from '../overwrite.js';
import { given, type HistoryTable, historyIn, plainName } from './given-columns.js';
import { SHORT_KEYS } from './json-rows.js';

const integers = new Set([
  'workflow_version', 'live', 'revision', 'context_version', 'snapshot_version', 'runs', 'root', 'claim', 'version', 'sequence', 'run', 'attempt', 'size', 'attempts', 'expected',
]); // prettier-ignore
const moments = new Set(['started_at', 'finished_at', 'updated_at', 'created_at', 'due_at', 'ready_at', 'since', 'received_at', 'effective_at', 'from_at']);

/** Payloads arrive as nested JSON and are read as `text`: that is the JSON as it was written, with no second encoding. */
function typeOf(column: string): string {
  const name = plainName(column);
  return integers.has(name) ? 'int' : moments.has(name) ? 'bigint' : 'text';
}

/** The rows of a parameter, under the names of their columns. */
export function rowsIn(parameter: number, names: readonly string[]): string {
  const short = names.map((name, i) => `${SHORT_KEYS[i]} ${typeOf(name)}`);
  return `(select ${names.map((name, i) => `${SHORT_KEYS[i]} as ${name}`).join(', ')} from json_to_recordset($${parameter}::json) as l(${short.join(', ')})) r`;
}

const process = columns.workflow_process;

/**
 * Limits the wait for a row that an open transaction holds. The limit holds for this statement alone: a commit of the engine is a
 * transaction of its own. In a transaction of the application nothing is set.
 */
const lockTimeout = `patience as materialized (select set_config('lock_timeout', '1000', true)),`;

const guarded = (own: boolean) => `
${own ? lockTimeout : ''}
given as materialized (select r.* from ${own ? 'patience, ' : ''}${rowsIn(1, given)}),
born as (
  insert into workflow_process (${process.join(', ')}) select ${process.join(', ')} from given where expected is null
  on conflict do nothing returning id
),
moved as (
  update workflow_process p set ${[...often.map((column) => `${column} = g.${column}`), ...seldom.map(unlessSteady)].join(', ')}
  from given g where p.id = g.id and p.revision = g.expected returning p.id
),
won as materialized (select id from born union all select id from moved)`;

/** The row of a change that is steady has none of these columns. */
function unlessSteady(column: string): string {
  return `${column} = case when g.status is null then p.${column} else g.${column} end`;
}

/** \`is true\` prevents a join: the planner uses a hashed list, whatever the statistics say. */
function isWon(column: string): string {
  return `(${column} in (select id from won)) is true`;
}

function insert(table: Table, parameter: number, processColumn = 'process_id'): string {
  const names = columns[table];
  return `insert into ${table} (${names.join(', ')}) select ${names.join(', ')} from ${rowsIn(parameter, names)} where ${isWon(`r.${processColumn}`)}`;
}

function upsert(table: OverwrittenTable, parameter: number): string {
  const given = rowsIn(parameter, [...columns[table], 'owner']);
  const chosen = `select ${columns[table].join(', ')} from ${given} where ${isWon('r.owner')}`;
  return `insert into ${table} (${columns[table].join(', ')}) ${chosen}${onConflict(keyColumnsOf(table), valueColumns(table))}`;
}

/** Versions and records: of the rows that contain them, and those that have rows of their own. */
function append(table: HistoryTable, parameter: number): string {
  const { select, where } = historyIn[table];
  return `${insert(table, parameter)} union all select ${select} from given where ${where} and ${isWon('id')}`;
}

const appended = `
versions as (${append('workflow_context', 2)}),
records as (${append('workflow_audit', 3)})`;

/** Compares bytes, even if `synchronize` gave the column the collation of the database. */
const isWithin = 'w.token_key collate "C" >= r.low and w.token_key collate "C" < r.high';

/**
 * Waits that are put or deleted by name are not ended as well: one statement must not touch a row twice. `offset 0` makes the
 * planner look up each range by itself. Otherwise it scans all waits where it believes that those of a kind are few.
 */
const waits = `
ranges as materialized (
  select process_id, low, high from json_to_recordset($4::json) as r(process_id text, low text, high text) where ${isWon('r.process_id')}
),
named as materialized (select process_id, token_key, goes from json_to_recordset($5::json) as r(process_id text, token_key text, goes boolean)),
ended as materialized (
  select w.process_id, w.token_key, w.kind from ranges r cross join lateral (
    select w.process_id, w.token_key, w.kind from workflow_wait w where w.process_id = r.process_id and ${isWithin} and w.kind <> 'closed' offset 0
  ) w where (w.process_id, w.token_key) not in (select process_id, token_key from named)
),
closed as (
  update workflow_wait w set kind = 'closed', due_at = null from ended e
  where w.process_id = e.process_id and w.token_key = e.token_key and e.kind = 'response'
),
cleared as (
  delete from workflow_wait w using ended e where w.process_id = e.process_id and w.token_key = e.token_key and e.kind <> 'response'
),
deleted as (
  delete from workflow_wait w using named n where n.goes and w.process_id = n.process_id and w.token_key = n.token_key and ${isWon('n.process_id')}
),
put as (${upsert('workflow_wait', 6)}),
inbox as (${upsert('workflow_inbox', 7)})`;

const outbox = `
outbox as (${insert('workflow_outbox', 8)})`;

const search = `
values_given as materialized (select r.* from ${rowsIn(9, columns.workflow_search)} where ${isWon('r.process_id')}),
unsearched as (
  delete from workflow_search s using values_given g where g.value is null and s.process_id = g.process_id and s.name = g.name
),
searched as (
  insert into workflow_search (${columns.workflow_search.join(', ')}) select ${columns.workflow_search.join(', ')} from values_given where value is not null
  ${onConflict(keyColumnsOf('workflow_search'), valueColumns('workflow_search'))}
)`;

const answer = `select case when count(*) < (select count(*) from given) then coalesce(json_agg(id), '[]'::json) end as won from won`;

/** For a step and its record, as in most commits. */
export const plainText = commitText(true, appended);
/** For changes with waits and messages. */
export const fullText = commitText(true, `${appended},${waits}`);
/** For changes that send messages, or by whose values processes are found. */
export const largestText = commitText(true, `${appended},${waits},${outbox},${search}`);
/** For a transaction of the application. */
export const textWithin = commitText(false, `${appended},${waits},${outbox},${search}`);

function commitText(own: boolean, effects: string): string {
  return `with ${guarded(own)},${effects} ${answer}`;
}
