import type { RestartedStages, VisitMark } from '../core/change.js';
import { calledAfter } from '../core/moves.js';
import { isInBranchOf } from '../core/token-key.js';
import { hasAsked, type Undoing, type UndoToken } from '../core/token.js';
import type { MarkedVersion, QueryStore } from '../store/query-store.js';
import type { RunningProcess } from './running-process.js';
import type { Undone } from './step-context.js';

/**
 * The newest step run that a token has yet to undo. Null: nothing is left. The list is read once and remembered, because nothing is
 * added while it is undone. The token says how far the undoing has come, so the list may be lost.
 */
export async function nextToUndo(queries: QueryStore, process: RunningProcess, token: UndoToken): Promise<Undone | null> {
  const { run, undo, undone } = token;
  const left = process.toUndo?.run === run ? process.toUndo.left : [];
  if (left.at(-1)?.run === undone) left.pop();
  if (left.length === 0) left.push(...inTurn(visitsToUndo(await queries.undoMarks(process.id), undo), token).toReversed());
  process.toUndo = left.length === 0 ? undefined : { run, left };
  return left.at(-1) ?? null;
}

/** Newest first. But one that waits for an answer, or has one, comes before those that have ended since: its answer would be lost. */
export function inTurn(visits: readonly Undone[], token: Pick<UndoToken, 'tried'>): readonly Undone[] {
  const begun = hasAsked(token) && visits.find(({ run }) => run === token.tried?.run);
  return begun ? [begun, ...visits.filter((visit) => visit !== begun)] : visits;
}

function undoneRuns(marks: readonly MarkedVersion[]): ReadonlySet<number> {
  return new Set(marks.flatMap(({ undo: mark }) => ('undone' in mark ? [mark.undone] : [])));
}

/** The step runs to undo, newest first. A step run that made a request has several marks. */
export function visitsToUndo(marks: readonly MarkedVersion[], undo: Pick<Undoing, 'under' | 'since'>, done = undoneRuns(marks)): Undone[] {
  const renamings: Readonly<Record<string, string>>[] = []; // made after the marks that follow, oldest first
  const found = new Map<number, Undone>();
  let stage = stageOf(undo);
  for (const { version, step, undo: mark } of marks) {
    if ('renamed' in mark) renamings.unshift(mark.renamed);
    if ('restarted' in mark) stage = stage && stageBefore(stage, mark.restarted);
    if (!('key' in mark) || done.has(mark.run) || !isIn(stage, mark, version)) continue;
    const known = found.get(mark.run);
    found.set(mark.run, known ? withAnswer(known, mark) : undoneAt(version, calledAfter(renamings, step), mark));
  }
  return [...found.values()];
}

function undoneAt(version: number, node: string, { run, item, index, reached, correlation, message }: VisitMark): Undone {
  return {
    version,
    node,
    run,
    reached: reached ?? 'completed',
    ...(index !== undefined && { item: item!, index }),
    ...(correlation !== undefined && { correlation }),
    ...(message !== undefined && { message }),
  };
}

/** A step run that was answered, and has asked again since, is known to have been answered. */
function withAnswer(undone: Undone, { reached, message }: VisitMark): Undone {
  return undone.reached === 'asked' && reached !== undefined && message !== undefined ? { ...undone, reached, message } : undone;
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

function isIn(stage: UndoneStage | null, { key, run }: VisitMark, version: number): boolean {
  return stage === null || (run > stage.run && version > stage.version && isInBranchOf(key, stage.under));
}
