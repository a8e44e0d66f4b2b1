import type { RestartedStages, UndoMark } from '../core/change.js';
import { calledAfter } from '../core/moves.js';
import type { Token, Undoing } from '../core/process.js';
import type { ProcessStore } from '../store/process-store.js';
import type { ProcessCache } from '../writer/process-cache.js';
import type { Undone } from './step-context.js';

/**
 * The newest visit that a token has yet to undo. Null: nothing is left. What there is to undo is read once, and remembered beside
 * the seat: nothing is added to it while it is undone. The token says how far that has come, so what is remembered may be lost.
 */
export async function nextToUndo(store: ProcessStore, seat: ProcessCache, { run, undo, undone }: Token): Promise<Undone | null> {
  const left = seat.toUndo?.run === run ? seat.toUndo.left : [];
  if (left.at(-1)?.run === undone) left.pop();
  if (left.length === 0) left.push(...visitsToUndo(await store.undoMarks(seat.id), undo!).reverse());
  seat.toUndo = left.length === 0 ? undefined : { run, left };
  return left.at(-1) ?? null;
}

/** The last of them first. */
export function visitsToUndo(marks: Awaited<ReturnType<ProcessStore['undoMarks']>>, undo: Pick<Undoing, 'under' | 'since'>): Undone[] {
  const done = new Set(marks.flatMap(({ undo: mark }) => ('undone' in mark ? [mark.undone] : [])));
  const renamings: Readonly<Record<string, string>>[] = []; // later than the marks that follow, the oldest first
  const found: Undone[] = [];
  let place = placeOf(undo);
  for (const { version, step, undo: mark } of marks) {
    if ('renamed' in mark) renamings.unshift(mark.renamed);
    if ('restarted' in mark) place = place && placeBefore(place, mark.restarted);
    if (!('key' in mark) || done.has(mark.run) || !isIn(place, mark, version)) continue;
    found.push({ version, node: calledAfter(renamings, step), run: mark.run, ...(mark.index !== undefined && { item: mark.item, index: mark.index }) });
  }
  return found;
}

/** The stage that is undone: its key, and what is older than it. Null: all is undone. */
interface Place {
  readonly under: string;
  readonly run: number;
  readonly version: number;
}

function placeOf({ under, since = 0 }: Pick<Undoing, 'under' | 'since'>): Place | null {
  return under === null ? null : { under, run: since, version: 0 };
}

/** Before a restart it stood elsewhere; or it did not. */
function placeBefore(place: Place, restarted: RestartedStages): Place {
  if (!Object.hasOwn(restarted, place.under)) return place;
  const [under, version] = restarted[place.under]!;
  return { under, run: 0, version };
}

function isIn(place: Place | null, { key, run }: Extract<UndoMark, { key: string }>, version: number): boolean {
  return place === null || (run > place.run && version > place.version && key.startsWith(`${place.under}/`));
}
