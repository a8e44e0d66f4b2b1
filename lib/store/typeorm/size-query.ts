import type { Query } from './query.js';

/** A process knows how many versions and records it has. */
export const sizes = `select workflow, count(live) as live, count(*) - count(live) as finished, sum(context_version) as versions, sum(revision) as records
  from workflow_process group by workflow order by workflow`;

/** The texts of each table that may be long. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  process: ['tokens', 'cause'],
  context: ['patch', 'removed', 'snapshot', 'moves', 'result', 'undo_mark'],
  audit: ['reason', 'error', 'detail'],
  wait: ['token'],
  inbox: ['body', 'reason'],
  outbox: ['pattern', 'data', 'error'],
};

/** The bytes of all texts of the processes between two ids, by workflow; a query for each table. */
export function byteQueries(first: string, last: string): Query[] {
  return Object.entries(TEXTS).map(([table, columns]) => {
    const bytes = columns.map((column) => `coalesce(octet_length(t.${column}), 0)`).join(' + ');
    const [id, of] = table === 'process' ? ['t.id', 't'] : ['t.process_id', 'p'];
    const from = `workflow_${table} t${of === 'p' ? ' join workflow_process p on p.id = t.process_id' : ''}`;
    const sql = `select ${of}.workflow as workflow, sum(${bytes}) as bytes from ${from} where ${id} >= ? and ${id} <= ? group by ${of}.workflow`;
    return { sql, values: [first, last] };
  });
}
