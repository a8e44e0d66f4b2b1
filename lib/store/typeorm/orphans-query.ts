import type { Query } from './query.js';

/** Live children, written so that their index can be used. */
const tied = `select c.id from workflow_process c join workflow_process p on p.id = c.parent_id where c.live = 0 and c.parent_bond in ('tied', 'both')`;

/** Children tied to a cancelled parent, or tied and no longer awaited. `address`: the SQL of the address of the end of child `c`. */
export function orphansQuery(parentId: string | null, limit: number, address: string): Query {
  // Found by address and not by process: the parent may have ten thousand other waits.
  const awaited = `exists (select 1 from workflow_wait w where w.address = ${address} and coalesce(w.process_id, '') = p.id and w.kind = 'child')`;
  const orphaned = `(p.status = 'cancelled' or (c.parent_bond = 'both' and not ${awaited}))`;
  const parent = parentId === null ? `c.parent_id > ''` : 'c.parent_id = ?';
  // The sum keeps PostgreSQL from reading all processes by the index of their starts to save a sort of a few.
  return {
    sql: `${tied} and ${parent} and ${orphaned} order by c.started_at + 0, c.id limit ?`,
    values: parentId === null ? [limit] : [parentId, limit],
  };
}
