import type { Query } from './query.js';

/** Live children, in the words of their index. */
const tied = `select c.id from workflow_process c join workflow_process p on p.id = c.parent_id where c.live = 0 and c.parent_bond in ('tied', 'both')`;

/** Tied to what was cancelled, or nobody waits for them any more. `address`: that of the end of `c`, in the database's words. */
export function orphansQuery(parentId: string | null, limit: number, address: string): Query {
  // Not by its process: the parent may have ten thousand other waits.
  const awaited = `exists (select 1 from workflow_wait w where w.address = ${address} and coalesce(w.process_id, '') = p.id and w.kind = 'child')`;
  const orphaned = `(p.status = 'cancelled' or (c.parent_bond = 'both' and not ${awaited}))`;
  const parent = parentId === null ? `c.parent_id > ''` : 'c.parent_id = ?';
  return {
    sql: `${tied} and ${parent} and ${orphaned} order by c.started_at, c.id limit ?`,
    values: parentId === null ? [limit] : [parentId, limit],
  };
}
