import { isFinished, type ProcessState } from '../../core/process.js';
import type { DeletedOutgoing, FinishedProcess } from '../port.js';
import type { MemoryTables } from './process-rows.js';

/** The finished processes of a workflow, by their ends. */
export function finishedIn({ processes }: MemoryTables, workflow: string, finishedBefore: number, after?: FinishedProcess): ProcessState[] {
  const all = processes.filter((process) => process.workflow === workflow && isFinished(process.status) && endOf(process) <= finishedBefore);
  return all.filter((process) => !after || byEnd(process, after) > 0).sort(byEnd);
}

/** Deletes the finished ones of this revision, with all their rows, and returns their ids. */
export function deleteRows(
  { byId, inbox, outbox }: MemoryTables,
  processes: readonly Pick<FinishedProcess, 'id' | 'revision'>[],
  outgoing: DeletedOutgoing,
): string[] {
  const found = processes.filter(({ id, revision }) => isAt(byId.get(id)?.process, revision)).map(({ id }) => id);
  const gone = new Set(found);
  for (const id of gone) byId.delete(id);
  for (const [id, { processId }] of inbox) if (processId !== null && gone.has(processId)) inbox.delete(id);
  for (const [id, { processId, readyAt }] of outbox)
    if (gone.has(processId) && (outgoing === 'all' || (outgoing === 'parked' && readyAt === null))) outbox.delete(id);
  return found;
}

const endOf = ({ finishedAt }: Pick<ProcessState, 'finishedAt'>) => finishedAt ?? 0;

function byEnd(a: FinishedProcess, b: FinishedProcess): number {
  return endOf(a) - endOf(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function isAt(process: ProcessState | undefined, revision: number): boolean {
  return process !== undefined && isFinished(process.status) && process.revision === revision;
}
