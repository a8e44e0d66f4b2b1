import { END, type ErrorRule, hasRule, type StageNode, type StepNode, stepNamed } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { attemptAnew, timeAnew, tryAgain } from './enter.js';
import type { EventOf } from './events.js';
import { failToken, leaveOut, MOST_OF_ERROR } from './failed-token.js';
import { edgeOf, proceed } from './flow.js';
import { listenAgain } from './listeners.js';
import { branchOfStage, containerOf, dropOut, hasLostRace } from './races.js';
import { retryDelay } from './retry.js';
import { cleared } from './suspicion.js';
import { parentKey } from './token-key.js';
import { type BodyToken, type ContainerToken, isBeside, isEventToken, isStepToken, type StepToken, type Undoing } from './token.js';
import { letEnd, undo } from './undo.js';
import { noteReached } from './undo-marks.js';
import { undoFailed } from './undo-tries.js';
import { unwatch, watchDeadline } from './watch.js';

/** A token that has failed for good: a step, or a stage that took too long. */
type Failed = StepToken | ContainerToken;

/** Handles a failed attempt. `permanent`: no other attempt can help. A failed reminder is dropped. */
export function failBody(draft: Draft, token: BodyToken, failed: EventOf<'step-failed'>): void {
  const { error, permanent } = failed;
  if (isStepToken(token)) return failTry(draft, token, error, permanent);
  if (token.last) return letPass(draft, token, error, LAST);
  if (token.does === 'undo') return undoFailed(draft, token, failed);
  draft.end(token.key);
}

/** Tries again by the retry policy. When no attempt is left, the step has failed for good. */
export function failTry(draft: Draft, token: StepToken, error: string, permanent: boolean): void {
  const node = stepNamed(draft.definition, token.node);
  if (token.last) return failLast(draft, token, error);
  const delay = permanent ? null : retryDelay(node.retry, token, draft.given.random);
  if (delay === null) return failForGood(draft, node, token, error);
  const next = { ...cleared(token), attempt: token.attempt + 1, lastError: error.slice(0, MOST_OF_ERROR), ...timeAnew(token, draft.now + delay) };
  tryAgain(draft, node, next, draft.now + delay);
}

const LAST = 'it was to end where it was';

function failLast(draft: Draft, token: StepToken, error: string): void {
  noteFailure(draft, token);
  letPass(draft, token, error, LAST);
}

/** A step that has failed before its answer is not said to have failed: its request may still have had an effect. */
function noteFailure(draft: Draft, token: StepToken): void {
  if (token.message !== undefined) noteReached(draft, token, 'failed');
}

/** The step's own rule counts first, then the rules of the stages around it, then that of the workflow. */
function failForGood(draft: Draft, node: StepNode, token: StepToken, error: string): void {
  noteFailure(draft, token);
  if (hasLostRace(draft, token.key)) return loseFor(draft, token, error);
  if (!node.required) return skip(draft, token, error);
  if (node.onError !== undefined) return followRule(draft, node.onError, token, error);
  if (isBeside(token)) return failToken(draft, token, error);
  failUpwards(draft, token, error);
}

function failUpwards(draft: Draft, token: Failed, error: string): void {
  for (let key: string | null = token.key; parentKey(key) !== null; key = parentKey(key)!) {
    const container = containerOf(draft, key)!;
    const node = draft.definition.nodes.get(container.node)!;
    if (hasRule(node)) return failStage(draft, node, container, token, error);
    if (node.kind === 'fork' && node.join === 'any' && dropOut(draft, container, key)) return outOfRace(draft, token, key, error);
  }
  followRule(draft, draft.definition.onError, token, error);
}

function outOfRace(draft: Draft, token: Failed, branch: string, error: string): void {
  letPass(draft, token, error, 'another branch may still come first');
  draft.moved(branch);
}

/** Applies an error rule to a token that has failed for good. */
function followRule(draft: Draft, rule: ErrorRule, token: Failed, error: string): void {
  const cause = `${token.node}: ${error}`;
  switch (rule) {
    case 'fail': return failToken(draft, token, error);
    case 'suspend': return token.does === 'branches' ? suspendStage(draft, token, cause) : suspendAt(draft, token, cause);
    case 'cancel': return draft.finish('cancelled', cause);
    case 'compensate': return undoAfter(draft, token, { under: null, ending: { cancel: cause } }, cause);
    default: return goElsewhere(draft, token, rule.next, error);
  } // prettier-ignore
}

/** A step that has failed is not undone itself, unless it had made a request. */
function undoAfter(draft: Draft, token: Failed, undoing: Undoing, cause: string): void {
  if (token.does !== 'branches') draft.end(token.key);
  undo(draft, undoing, cause);
}

/** Suspends the process. The next attempt waits until a person resumes it. */
function suspendAt(draft: Draft, token: StepToken, cause: string): void {
  attemptAnew(draft, stepNamed(draft.definition, token.node), token);
  draft.become('suspended', cause);
  draft.record('process-suspended', token, { error: cause });
}

function goElsewhere(draft: Draft, token: Failed, next: string, error: string): void {
  if (token.does === 'branches') draft.endBranch(branchOfStage(token));
  leaveOut(draft, token, { error, reason: `goes on at ${next}` });
  proceed(draft, token, next, token.previous);
}

/** Passes over an optional step. A failed event moves no other token. */
function skip(draft: Draft, token: StepToken, error: string): void {
  leaveOut(draft, token, { error });
  if (isEventToken(token)) return;
  const node = stepNamed(draft.definition, token.node);
  listenAgain(draft, node);
  proceed(draft, token, edgeOf(node, undefined), token.previous);
}

/** Ends a step in a branch that lost its race. The failure decides nothing. */
function loseFor(draft: Draft, token: StepToken, error: string): void {
  letPass(draft, token, error, 'its fork has gone on without it');
  draft.send({ key: token.key, to: END });
}

/** Ends a token here. Nothing follows from the failure. */
function letPass(draft: Draft, token: BodyToken | ContainerToken, error: string, reason: string): void {
  unwatch(draft, token);
  letEnd(draft, token);
  leaveOut(draft, token, { error, reason });
}

/* --------------------------------------------------------------------- stages ---- */

/** Applies the rule of a stage. `token` has failed for good: a step in it, an inner stage, or the stage itself that took too long. */
export function failStage(draft: Draft, node: StageNode, stage: ContainerToken, token: Failed, error: string): void {
  const { onError: rule, required } = node;
  const cause = `${token.node}: ${error}`;
  if (hasLostRace(draft, stage.key)) return endStage(draft, stage, END, error);
  if (rule === 'compensate')
    return undoAfter(draft, token, required ? { under: null, ending: { cancel: cause } } : { under: stage.key, ending: 'skip' }, cause);
  if (!required) return endStage(draft, stage, node.next[0], error);
  if (rule === undefined) return failUpwards(draft, token, error);
  return typeof rule === 'object' ? endStage(draft, stage, rule.next, error) : followRule(draft, rule, token, error);
}

/** Ends everything in a stage. The process goes on at `next`. */
export function endStage(draft: Draft, stage: ContainerToken, next: string | undefined, error: string | null): void {
  draft.endBranch(branchOfStage(stage));
  leaveOut(draft, stage, { error, reason: next === undefined ? null : `goes on at ${next}` });
  proceed(draft, stage, next, stage.previous);
}

/** Suspends the process. A stage has no attempts, so its time limit starts again instead. */
function suspendStage(draft: Draft, stage: ContainerToken, cause: string): void {
  const again = { ...stage, ...timeAnew(stage, draft.now) };
  draft.hold(again);
  watchDeadline(draft, again);
  draft.become('suspended', cause);
  draft.record('process-suspended', stage, { error: cause });
}
