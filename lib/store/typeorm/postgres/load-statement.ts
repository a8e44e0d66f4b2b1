/** Reads everything that the decisions of one tick need, in one round trip and as of one moment. */
import type { Loaded, ProcessRequest } from '../../port.js';
import { valuesOf } from '../../process-store.js';
import { type FoundRow, messageState, processState, versionDraft, waitState } from '../states.js';

export const loadText = `
select p.*,
  case when json_array_length(want.waits) > 0 then (
    select json_agg(w) from json_array_elements_text(want.waits) k(key) cross join lateral (
      select * from workflow_wait w where w.process_id = p.id and w.token_key = k.key and w.kind <> 'closed' offset 0
    ) w
  ) end as its_waits,
  case when json_array_length(want.messages) > 0 then (
    select json_agg(m) from workflow_inbox m where m.id = any(array(select json_array_elements_text(want.messages)))
  ) end as its_messages,
  case when want.context then (
    select json_agg(c order by c.version) from workflow_context c where c.process_id = p.id and c.version >= p.snapshot_version
  ) end as its_context,
  want.position
from json_to_recordset($1::json) as want(position int, id text, waits json, messages json, context boolean) join workflow_process p on p.id = want.id`;

type LoadedRow = FoundRow & { readonly its_waits: FoundRow[] | null; readonly its_messages: FoundRow[] | null; readonly its_context: FoundRow[] | null };

export function loadValues(wants: readonly ProcessRequest[]): string[] {
  return [JSON.stringify(wants.map((want, position) => ({ position, ...want })))];
}

export function loadedFrom(wants: readonly ProcessRequest[], rows: readonly FoundRow[]): (Loaded | null)[] {
  const byPosition = new Map(rows.map((row) => [Number(row.position), row as unknown as LoadedRow]));
  return wants.map((want, position) => loaded(want, byPosition.get(position)));
}

function loaded(want: ProcessRequest, row: LoadedRow | undefined): Loaded | null {
  if (!row) return null;
  const context = want.context ? valuesOf((row.its_context ?? []).map(versionDraft)) : null;
  return { process: processState(row), waits: (row.its_waits ?? []).map(waitState), messages: (row.its_messages ?? []).map(messageState), context };
}
