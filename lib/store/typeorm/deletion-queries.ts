import type { DeletedOutgoing, FinishedProcess } from '../port.js';
import { chunks, inList, type Query } from './query.js';
import type { SqlReader } from './sql-reader.js';
import type { FoundRow } from './states.js';

const columns = 'id, workflow, workflow_version, status, revision, parent_id, parent_bond, finished_at';
/** MySQL takes only the first condition for its index: there, processes that ended at one moment are read from the first of them. */
const later = 'and finished_at >= ? and (finished_at, id) > (?, ?)';

/** Finished processes of a workflow, a page at a time. `hint`: what makes the database go by the index that has this order. */
export function finishedQuery(workflow: string, finishedBefore: number, limit: number, hint: string, after?: FinishedProcess): Query {
  const place = after ? { sql: later, values: [after.finishedAt, after.finishedAt, after.id] } : { sql: '', values: [] };
  const sql = `select ${columns} from workflow_process${hint} where workflow = ? and finished_at <= ? ${place.sql} order by finished_at, id limit ?`;
  return { sql, values: [workflow, finishedBefore, ...place.values, limit] };
}

type ReadProcess = Pick<FinishedProcess, 'id' | 'revision'>;

/** Deletes those that are finished and as they were read, each piece in a transaction. Returns their ids. */
export async function deleteRead(reader: SqlReader, lock: string, processes: readonly ReadProcess[], outgoing: DeletedOutgoing): Promise<string[]> {
  const gone: string[] = [];
  for (const piece of chunks(processes)) {
    let found: readonly string[] = [];
    await reader.readThenRun(endedQuery(piece, lock), (rows) => deletions((found = asGiven(rows, piece)), outgoing));
    gone.push(...found);
  }
  return gone;
}

/** Those of these processes that are finished. */
function endedQuery(processes: readonly ReadProcess[], lock: string): Query {
  const { sql, values } = inList(processes.map(({ id }) => id));
  return { sql: `select id, revision from workflow_process where id ${sql} and status in ('completed', 'cancelled') order by id${lock}`, values };
}

/** The ids of the rows whose revision is the one given. */
function asGiven(rows: readonly FoundRow[], processes: readonly ReadProcess[]): string[] {
  const revisions = new Map(processes.map(({ id, revision }) => [id, revision]));
  return rows.filter(({ id, revision }) => revisions.get(String(id)) === Number(revision)).map(({ id }) => String(id));
}

/** The tables with rows of a process, beside its own and the outbox. */
const TABLES_OF_PROCESS = ['inbox', 'wait', 'audit', 'context', 'search'] as const;
const OUTGOING: Readonly<Record<DeletedOutgoing, string | null>> = { none: null, parked: ' and ready_at is null', all: '' };

/** Deletes all rows of these processes, the row of the process last. */
export function deletions(ids: readonly string[], outgoing: DeletedOutgoing): Query[] {
  if (ids.length === 0) return [];
  const { sql, values } = inList(ids);
  const parked = OUTGOING[outgoing];
  return [
    ...TABLES_OF_PROCESS.map((table) => ({ sql: `delete from workflow_${table} where process_id ${sql}`, values })),
    ...(parked === null ? [] : [{ sql: `delete from workflow_outbox where process_id ${sql}${parked}`, values }]),
    { sql: `delete from workflow_process where id ${sql}`, values },
  ];
}
