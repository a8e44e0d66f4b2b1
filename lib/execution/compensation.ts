import type { RestartedStages, UndoMark } from '../core/change.js';
import { calledAfter } from '../core/moves.js';
import { isInBranchOf } from '../core/token-key.js';
import type { Undoing, UndoToken } from '../core/token.js';
import type { MarkedVersion, QueryStore } from '../store/query-store.js';
import type { RunningProcess } from './running-process.js';
import type { Undone } from './step-context.js';

/**
 * The newest step run that a token has yet to undo. Null: nothing is left. The list is read once and remembered, because nothing is
 * added while it is undone. The token says how far the undoing has come, so the list may be lost.
 */
export async function nextToUndo(queries: QueryStore, process: RunningProcess, { run, undo, undone }: UndoToken): Promise<Undone | null> {
  const left = process.toUndo?.run === run ? process.toUndo.left : [];
  if (left.at(-1)?.run === undone) left.pop();
  if (left.length === 0) left.push(...visitsToUndo(await queries.undoMarks(process.id), undo).reverse());
  process.toUndo = left.length === 0 ? undefined : { run, left };
  return left.at(-1) ?? null;
}

/** The step runs to undo, newest first. */
export function visitsToUndo(marks: readonly MarkedVersion[], undo: Pick<Undoing, 'under' | 'since'>): Undone[] {
  const done = new Set(marks.flatMap(({ undo: mark }) => ('undone' in mark ? [mark.undone] : [])));
  const renamings: Readonly<Record<string, string>>[] = []; // made after the marks that follow, oldest first
  const found: Undone[] = [];
  let stage = stageOf(undo);
  for (const { version, step, undo: mark } of marks) {
    if ('renamed' in mark) renamings.unshift(mark.renamed);
    if ('restarted' in mark) stage = stage && stageBefore(stage, mark.restarted);
    if (!('key' in mark) || done.has(mark.run) || !isIn(stage, mark, version)) continue;
    found.push({ version, node: calledAfter(renamings, step), run: mark.run, ...(mark.index !== undefined && { item: mark.item!, index: mark.index }) });
  }
  return found;
}

/** The stage that is undone: step runs up to `run` and versions up to `version` are older than it. Null: all is undone. */
interface UndoneStage {
  readonly under: string;
  readonly run: number;
  readonly version: number;
}

function stageOf({ under, since = 0 }: Pick<Undoing, 'under' | 'since'>): UndoneStage | null {
  return under === null ? null : { under, run: since, version: 0 };
}

/** The stage as it was before a restart, which may have given it a new key. */
function stageBefore(stage: UndoneStage, restarted: RestartedStages): UndoneStage {
  if (!Object.hasOwn(restarted, stage.under)) return stage;
  const [under, version] = restarted[stage.under]!;
  return { under, run: 0, version };
}

function isIn(stage: UndoneStage | null, { key, run }: Extract<UndoMark, { key: string }>, version: number): boolean {
  return stage === null || (run > stage.run && version > stage.version && isInBranchOf(key, stage.under));
}
