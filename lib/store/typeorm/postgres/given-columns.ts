/**
 * The columns of the first parameter of a commit, which has a row for each change. Most changes are one step, with one version and one
 * record that have most of their values in common with the process. The row of such a change contains both, and is half as long.
 */
import { columns, fixed, often, seldom } from '../columns.js';

export type HistoryTable = 'workflow_context' | 'workflow_audit';

const PREFIX = 'of_';

/** What the version and the record of a step have, and its process has not. */
const ofItsStep = ['step', 'patch', 'moves', 'type', 'run', 'attempt', 'worker', 'removed', 'result', 'undo_mark', 'actor', 'reason', 'error', 'detail'];

/** In the order of the keys in `given-rows.ts`. */
export const given: readonly string[] = [...often, 'id', 'expected', ...seldom, ...fixed, ...ofItsStep.map((name) => PREFIX + name)];

/** The column of a table that this column is for. */
export function plainName(column: string): string {
  return column.startsWith(PREFIX) ? column.slice(PREFIX.length) : column;
}

/** The values that the version and the record of a step have in common with its process. A step that makes a snapshot has rows of its own. */
const ofTheProcess: Readonly<Record<string, string>> = {
  process_id: 'id', version: 'context_version', sequence: 'revision', context_version: 'context_version', created_at: 'updated_at', snapshot: 'null',
}; // prettier-ignore

/** The rows of a table of the history that are part of rows of processes. */
export const historyIn: Readonly<Record<HistoryTable, { readonly select: string; readonly where: string }>> = {
  workflow_context: { select: columnsInGiven('workflow_context'), where: `${PREFIX}patch is not null` },
  workflow_audit: { select: columnsInGiven('workflow_audit'), where: `${PREFIX}type is not null` },
};

function columnsInGiven(table: HistoryTable): string {
  return columns[table].map((name) => ofTheProcess[name] ?? PREFIX + name).join(', ');
}
