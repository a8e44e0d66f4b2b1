/** The attempts to undo one visit: by the retry policy of its compensation, and as often as that says `again()`. */
import { stepNamed } from '../definition/graph.js';
import { responseAddress } from './addresses.js';
import { undoCorrelationOf } from './correlation.js';
import type { Draft } from './draft.js';
import { AGAIN_MS, type EventOf, type Speaker, type UndoneVisit, type UndoTries } from './events.js';
import { failToken, MOST_OF_ERROR } from './failed-token.js';
import { undoDelay } from './retry.js';
import type { BodyToken, UndoToken } from './token.js';
import { endHere, letEnd } from './undo.js';

export function visitUndone(draft: Draft, token: UndoToken, event: EventOf<'visit-undone'>): void {
  draft.makeVersion(event.step, event.patch, { undo: { undone: event.undone } });
  draft.record('step-compensated', token, { step: event.step, run: event.undone });
  if (token.last) return letEnd(draft, token);
  const { tried: _tried, ...next } = nextTry(token);
  draft.run({ ...next, undone: event.undone });
}

/** Tries again to undo a visit, by the policy of its step. When no attempt is left, the process waits for a person. */
export function undoFailed(draft: Draft, token: UndoToken, { undoes, error, permanent }: Pick<EventOf<'step-failed'>, 'undoes' | 'error' | 'permanent'>): void {
  const before = triedSoFar(token, undoes);
  const tried: UndoTries = { ...before, failed: before.failed + 1, error: error.slice(0, MOST_OF_ERROR) };
  const delay = permanent ? null : undoDelay(draft.definition, tried, draft.given.random);
  if (delay === null) failToken(draft, { ...token, tried }, error);
  else tryToUndo(draft, { ...nextTry(token), tried }, delay);
}

/** `again()`: the visit is not undone yet. The body runs again with the next answer, or after a pause. That is no failed attempt. */
export function undoDeferred(draft: Draft, token: UndoToken, { undoes, afterMs, state, patch }: EventOf<'step-deferred'>): void {
  const before = triedSoFar(token, undoes);
  if (patch) draft.makeVersion(before.step, patch);
  if (token.last) return endHere(draft, token);
  draft.record('step-deferred', token, { step: before.step });
  const next: UndoToken = { ...nextTry(token), tried: { ...before, ...(state !== undefined && { state }) } };
  if (afterMs === undefined && before.message !== undefined) awaitAnswer(draft, next);
  else tryToUndo(draft, next, afterMs ?? AGAIN_MS);
}

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

/* ------------------------------------------------------------ a request and its answer ---- */

/** Whether what undoes this visit asks first. */
export function undoAsks({ definition }: Draft, { does }: BodyToken, { undoes = NO_VISIT }: Pick<Speaker, 'undoes'>): boolean {
  const node = definition.nodes.get(undoes.step);
  return does === 'undo' && node?.kind === 'step' && node.undo?.asks !== undefined;
}

/** The compensation has asked. The answer may already be in the inbox: the instance that commits this looks there. */
export function undoAsked(draft: Draft, token: UndoToken, { undoes, correlation }: EventOf<'response-requested'>): void {
  const before = triedSoFar(token, undoes);
  if (token.last) return endHere(draft, token); // the undo that goes further asks again
  awaitAnswer(draft, { ...nextTry(token), tried: { ...before, ...(correlation !== undefined && { correlation }) } });
  draft.record('response-requested', token, { step: before.step, detail: correlation ?? null });
}

/** While it waits it stands in the step that undoes, so that the answer finds the rules of that step. */
function awaitAnswer(draft: Draft, token: UndoToken): void {
  const { message: _answered, ...tried } = token.tried!;
  const { asks, within } = stepNamed(draft.definition, tried.step).undo!; // it has asked
  const address = responseAddress(undoCorrelationOf(draft.head, token.run, tried));
  const dueAt = within === undefined ? null : draft.now + within;
  draft.wait({ ...token, node: asks!, tried: { ...tried, home: token.node } }, { kind: 'response', address, dueAt });
}

export function undoAnswered(draft: Draft, token: UndoToken, message: string): void {
  draft.record('message-delivered', token, { detail: message });
  const back = atHome(token);
  draft.run({ ...back, tried: { ...back.tried!, message } });
}

/** Counts as a failed attempt. If one is left, it asks again, under the same correlation id. */
export function undoTimedOut(draft: Draft, token: UndoToken): void {
  const { step } = token.tried!;
  const error = `undoing ${step}: nothing came within the time given (response)`;
  draft.record('step-timed-out', token, { step, error });
  undoFailed(draft, atHome(token), { undoes: token.tried, error, permanent: false });
}

/** The token where it stood before it waited for an answer. */
function atHome(token: UndoToken): UndoToken {
  const { home = token.node, ...tried } = token.tried!;
  return { ...token, node: home, tried };
}

/* ----------------------------------------------------------------------------------- */

/** The body has ended by itself, so it is not what kills its workers. */
function nextTry({ crashes: _crashes, announced: _announced, blamed: _blamed, ...token }: UndoToken): UndoToken {
  return { ...token, attempt: token.attempt + 1 };
}

/** Another visit may have become the next: one that has ended meanwhile, beside the flow. */
function triedSoFar({ tried }: UndoToken, undoes: UndoneVisit = NO_VISIT): UndoTries {
  return tried?.run === undoes.run ? tried : { step: undoes.step, run: undoes.run, failed: 0 };
}

const NO_VISIT: UndoneVisit = { step: '', run: 0 };
