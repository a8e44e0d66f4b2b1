import type { StageNode } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { AGAIN_MS, type EventOf, type UndoneVisit, type UndoTries } from './events.js';
import { failToken, leaveOut, MOST_OF_ERROR } from './failed-token.js';
import { endFlow, goOnAt, proceed, rootKey } from './flow.js';
import { branchOfStage } from './races.js';
import { undoDelay } from './retry.js';
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

export function visitUndone(draft: Draft, token: UndoToken, event: EventOf<'visit-undone'>): void {
  draft.makeVersion(event.step, event.patch, { undo: { undone: event.undone } });
  draft.record('step-compensated', token, { step: event.step, run: event.undone });
  if (token.last) return letEnd(draft, token);
  const { tried: _tried, ...next } = nextTry(token);
  draft.run({ ...next, undone: event.undone });
}

/** The body has ended by itself, so it is not what kills its workers. */
function nextTry({ crashes: _crashes, announced: _announced, blamed: _blamed, ...token }: UndoToken): UndoToken {
  return { ...token, attempt: token.attempt + 1 };
}

/** Tries again to undo a visit, by the policy of its step. When no attempt is left, the process waits for a person. */
export function undoFailed(draft: Draft, token: UndoToken, { undoes, error, permanent }: EventOf<'step-failed'>): void {
  const before = triedSoFar(token, undoes);
  const tried: UndoTries = { ...before, failed: before.failed + 1, error: error.slice(0, MOST_OF_ERROR) };
  const delay = permanent ? null : undoDelay(draft.definition, tried, draft.given.random);
  if (delay === null) failToken(draft, { ...token, tried }, error);
  else tryToUndo(draft, { ...nextTry(token), tried }, delay);
}

/** `again()`: the visit is not undone yet, and the body runs again after a pause. That is no failed attempt. */
export function undoDeferred(draft: Draft, token: UndoToken, { undoes, afterMs = AGAIN_MS, state, patch }: EventOf<'step-deferred'>): void {
  const before = triedSoFar(token, undoes);
  if (patch) draft.makeVersion(before.step, patch);
  if (token.last) return endHere(draft, token);
  draft.record('step-deferred', token, { step: before.step });
  tryToUndo(draft, { ...nextTry(token), tried: { ...before, ...(state !== undefined && { state }) } }, afterMs);
}

/** Another visit may have become the next: one that has ended meanwhile, beside the flow. */
function triedSoFar({ tried }: UndoToken, undoes: UndoneVisit = NO_VISIT): UndoTries {
  return tried?.run === undoes.run ? tried : { ...undoes, failed: 0 };
}

const NO_VISIT: UndoneVisit = { step: '', run: 0 };

function tryToUndo(draft: Draft, token: UndoToken, delay: number): void {
  if (delay === 0) return draft.run(token);
  draft.wait(token, { kind: 'timer', dueAt: draft.now + delay });
  draft.record('timer-set', token, { step: token.tried!.step, detail: new Date(draft.now + delay).toISOString() });
}

/** The pause after a failed attempt is over. */
export function undoAgain(draft: Draft, token: UndoToken): void {
  draft.run(token);
  draft.record('timer-fired', token, { ...(token.tried && { step: token.tried.step }) });
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
