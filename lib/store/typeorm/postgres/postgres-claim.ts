import type { TaskAt } from '../../port.js';
import type { FoundRow } from '../states.js';

const text = `
with wanted as materialized (select * from json_to_recordset($1::json) as t(position int, process_id text, token_key text, run int)),
picked as materialized (
  select w.process_id, w.token_key from wanted t
  join workflow_wait w on w.process_id = t.process_id and w.token_key = t.token_key
  join workflow_process p on p.id = w.process_id
  where w.kind = 'task' and w.run = t.run and w.ready_at <= $2 and p.status in ('running', 'waiting')
  order by t.position limit $4 for update of w skip locked
)
update workflow_wait w set worker = $3, claim = w.claim + 1, ready_at = null
from picked where w.process_id = picked.process_id and w.token_key = picked.token_key
returning w.process_id, w.token_key, w.claim`;

/** Takes what is free and ready, and passes over what another worker is just taking. */
export const claimStatement = { name: 'argonaut-claim', text };

export function claimValues(tasks: readonly TaskAt[], by: { worker: string; now: number }, limit: number): unknown[] {
  const wanted = tasks.map(({ processId, key, run }, position) => ({ position, process_id: processId, token_key: key, run }));
  return [JSON.stringify(wanted), by.now, by.worker, limit];
}

/** Those of the tasks that came back, with their new number. */
export function taken(tasks: readonly TaskAt[], rows: readonly FoundRow[]): TaskAt[] {
  const claims = new Map(rows.map(({ process_id, token_key, claim }) => [`${process_id} ${token_key}`, Number(claim)]));
  return tasks.flatMap((task) => {
    const claim = claims.get(`${task.processId} ${task.key}`);
    return claim === undefined ? [] : [{ ...task, claim }];
  });
}
