import { groupKey } from '../../values/digest.js';
import type { ListedProcess } from '../port.js';
import type { Query } from './query.js';

const columns = 'id, workflow, workflow_version, group_id, status, parent_id, parent_bond, started_at';
/** MySQL takes only the first condition for its index: there, processes of one group id are read from the first of them. */
const later = 'and group_key >= ? and (group_key, started_at, id) > (?, ?, ?)';

/** All processes of a workflow, a page at a time. `hint`: what makes the database go by the index that has this order. */
export function listedQuery(workflow: string, limit: number, hint: string, after?: ListedProcess): Query {
  const key = groupKey(after?.groupId ?? '');
  const place = after ? { sql: later, values: [key, key, after.startedAt, after.id] } : { sql: '', values: [] };
  const sql = `select ${columns} from workflow_process${hint} where workflow = ? ${place.sql} order by group_key, started_at, id limit ?`;
  return { sql, values: [workflow, ...place.values, limit] };
}
