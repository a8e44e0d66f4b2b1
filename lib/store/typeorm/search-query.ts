import type { ContextSearch } from '../port.js';
import type { Query } from './query.js';

/** The ids of so many processes. */
export function idsQuery({ after, limit, workflow }: ContextSearch): Query {
  const of = workflow === undefined ? { sql: '', values: [] } : { sql: ' and workflow = ?', values: [workflow] };
  return { sql: `select id from workflow_process where id > ?${of.sql} order by id limit ?`, values: [after, ...of.values, limit] };
}

/** The processes between two ids that have this piece of JSON in a version. SQLite takes upper and lower case for the same. */
export function holdingQuery(json: string, first: string, last: string): Query {
  const pattern = `%${json.replace(/[!%_]/g, '!$&')}%`;
  const sql = `select distinct process_id from workflow_context where process_id >= ? and process_id <= ? and (patch like ? escape '!' or snapshot like ? escape '!')`;
  return { sql, values: [first, last, pattern, pattern] };
}
