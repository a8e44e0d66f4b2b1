import type { ProcessState } from '../core/process.js';
import type { UndoToken } from '../core/token.js';
import { inTurn, visitsToUndo } from '../execution/compensation.js';
import type { Undone } from '../execution/step-context.js';
import type { QueryStore } from '../store/query-store.js';

/** An undo, with the step runs that it has undone, newest first, and those that it has yet to undo, the next first. */
export interface UndoPlan {
  readonly token: UndoToken;
  readonly undone: readonly Undone[];
  readonly left: readonly Undone[];
}

/** What is being undone in a process. Reads nothing if that is nothing. */
export async function undoPlans(queries: QueryStore, { id, tokens }: ProcessState): Promise<UndoPlan[]> {
  const undos = tokens.filter((token) => token.does === 'undo');
  if (undos.length === 0) return [];
  const marks = await queries.undoMarks(id);
  return undos.map((token) => {
    const left = inTurn(visitsToUndo(marks, token.undo), token);
    const runs = new Set(left.map(({ run }) => run));
    return { token, left, undone: visitsToUndo(marks, token.undo, NOTHING_UNDONE).filter(({ run }) => !runs.has(run)) };
  });
}

const NOTHING_UNDONE: ReadonlySet<number> = new Set();
