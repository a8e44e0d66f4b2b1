import type { StageNode } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { leaveOut } from './failed-token.js';
import { endFlow, goOnAt, proceed, rootKey } from './flow.js';
import { branchOfStage } from './races.js';
import { isAtOrUnder, isUnder, undoKey } from './token-key.js';
import { type BodyToken, isActive, isEventToken, type Token, type UndoToken, type Undoing, isIdle } from './token.js';
import { isTaskWait, type TaskWaitState } from './wait.js';
import { unwatch } from './watch.js';

/**
 * Undoes what was done, last first (a saga). Bodies that run at this moment end first, and count as done; nothing else starts.
 * The history holds the visits to undo. Undoing each takes one body, and makes one version.
 */
export function undo(draft: Draft, undoing: Undoing, cause: string | null): void {
  const stage = undoing.under === null ? undefined : draft.container(undoing.under)!;
  const isMeant = ({ key }: Token) => !stage || isAtOrUnder(key, branchOfStage(stage));
  const bodies = draft.allTokens().filter((token) => !isIdle(token) && isBodyUnderWay(token) && isMeant(token)) as BodyToken[];
  const then = draft.allTokens().find((token): token is UndoToken => token.does === 'undo' && token.then !== undefined && isMeant(token))?.then;
  const tasks = draft.allParked().filter((wait): wait is TaskWaitState => isTakenTask(wait) && isMeant(wait.token));
  if (!stage) endFlow(draft);
  else draft.endBranch(branchOfStage(stage));
  if (stage) unwatch(draft, stage);
  for (const token of bodies) draft.run({ ...token, last: true });
  for (const { token, waitsFor } of tasks) draft.wait({ ...token, last: true }, waitsFor);
  draft.become('running');
  beginUndo(
    draft,
    { ...undoing, ...(stage && { since: stage.run }) },
    stage?.node ?? '',
    { open: bodies.length + tasks.length, ...(then !== undefined && { then }) },
    cause,
  );
}

type UndoWaits = Pick<UndoToken, 'open' | 'then'>;

function beginUndo(draft: Draft, undoing: Undoing, node: string, waits: UndoWaits, cause: string | null): void {
  const run = draft.nextRun();
  const key = undoKey({ key: undoing.under ?? rootKey(draft), run });
  const token: UndoToken = { key, node, run, does: 'undo', attempt: 1, since: draft.now, undo: undoing, ...waits };
  draft.run(token);
  draft.record('compensation-started', null, { ...(node !== '' && { step: node }), run, error: cause });
}

function isBodyUnderWay(token: Token): boolean {
  if (isEventToken(token) || !isActive(token)) return false;
  return token.does === 'run' || token.does === 'request' || isUndoingNow(token);
}

/** True for a smaller or earlier undo that is undoing a visit now. No other undo may undo that visit at the same time. */
function isUndoingNow(token: BodyToken): boolean {
  return token.does === 'undo' && token.open === 0;
}

function isTakenTask(wait: Parameters<typeof isTaskWait>[0]): wait is TaskWaitState {
  return isTaskWait(wait) && wait.waitsFor.worker !== null && !isEventToken(wait.token);
}

/** True while something is being undone. Until that has ended, `completeWhen` does not complete the process. */
export function isUndoing(draft: Draft): boolean {
  return draft.someToken(({ does }) => does === 'undo');
}

/** Ends a token where it is. The undo that waits for it has one body fewer to wait for. */
export function letEnd(draft: Draft, token: Token): void {
  draft.end(token.key);
  const waits = draft.allTokens().find((other): other is UndoToken => other.does === 'undo' && !other.last && isUndoneBy(other, token));
  if (waits) draft.run({ ...waits, open: waits.open - 1 });
}

function isUndoneBy({ undo: of }: UndoToken, { key }: Token): boolean {
  return of.under === null || isUnder(key, of.under);
}

/** Ends a token that would go on later, although nothing may go on here. */
export function endHere(draft: Draft, token: Token): void {
  letEnd(draft, token);
  draft.record('step-skipped', token, { reason: 'it was to end where it was' });
}

export function allUndone(draft: Draft, token: UndoToken): void {
  if (token.last) return endHere(draft, token);
  const { under, ending } = token.undo;
  draft.end(token.key);
  if (ending !== 'skip') return draft.finish('cancelled', ending.cancel);
  const stage = draft.container(under!)!;
  leaveOut(draft, stage, { reason: 'what was done in it has been undone' });
  if (token.then !== undefined) return goOnAt(draft, token.then);
  proceed(draft, stage, (draft.definition.nodes.get(stage.node) as StageNode).next[0], stage.previous);
}
