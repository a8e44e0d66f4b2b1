import { type StepNode, stepNamed } from '../definition/graph.js';
import { childAddress, responseAddress } from './addresses.js';
import { complete } from './complete.js';
import { correlationOf } from './correlation.js';
import type { Draft, RecordDetails } from './draft.js';
import { childId, messageOfDetached, messageOfStart } from './engine-messages.js';
import { awaitEvent, awaitInput, tryAgain } from './enter.js';
import { AGAIN_MS, type EventOf, type OutcomeEvent, type SpokenEvent } from './events.js';
import { FactError } from './facts.js';
import { failOutside } from './failed-token.js';
import { failBody } from './failure.js';
import { cleared } from './suspicion.js';
import { type BodyToken, isActive, isEventToken, type ReminderToken, type StepToken } from './token.js';
import { isTaskWait } from './wait.js';
import { allUndone, endHere } from './undo.js';
import { undoAsked, undoAsks, undoDeferred, visitUndone } from './undo-tries.js';
import { noteReached } from './undo-marks.js';

/** Applies the outcome of a body, if the worker that ran it still has the visit. */
export function bodyEnded(draft: Draft, event: OutcomeEvent): void {
  const token = visitOf(draft, event);
  if (!token) return;
  recordBody(draft, token, event);
  settleOutcome(draft, token, event);
}

function settleOutcome(draft: Draft, token: BodyToken, event: OutcomeEvent): void {
  if (event.type === 'step-failed') return stepFailed(draft, token, event);
  if (token.does === 'undo') {
    if (event.type === 'visit-undone') visitUndone(draft, token, event);
    else if (event.type === 'all-undone') allUndone(draft, token);
    else if (event.type === 'step-deferred') undoDeferred(draft, token, event);
    else if (event.type === 'response-requested') undoAsked(draft, token, event);
    return;
  }
  if (token.does === 'remind') return reminded(draft, token, event);
  stepOutcome(draft, token, event);
}

function stepOutcome(draft: Draft, token: StepToken, event: OutcomeEvent): void {
  switch (event.type) {
    case 'step-succeeded': return complete(draft, token, event);
    case 'response-requested': return requested(draft, token, event);
    case 'child-requested': return childRequested(draft, token, event);
    case 'step-deferred': return stepDeferred(draft, token, event);
    case 'step-paused': return stepPaused(draft, token, event);
  } // prettier-ignore
}

/* ------------------------------------------------------------------ whose outcome ---- */

/** The visit that an outcome is for; null if its worker has lost that. The lookup records nothing. */
export function visitOf(draft: Draft, event: SpokenEvent): BodyToken | null {
  const token = event.taskOf === undefined ? heldToken(draft, event) : takenTask(draft, event);
  if (!token || token.run !== event.run) return null;
  if (event.type === 'response-requested' && token.does !== 'request' && !undoAsks(draft, token, event)) return null;
  if (event.type === 'child-requested' && token.does !== 'request') return null;
  if ((event.type === 'visit-undone' || event.type === 'all-undone') && token.does !== 'undo') return null;
  return token;
}

function heldToken(draft: Draft, { key, claim, attempt }: SpokenEvent): BodyToken | null {
  const token = draft.token(key);
  return token && claim === draft.head.claim && token.attempt === attempt && isActive(token) ? token : null;
}

function takenTask(draft: Draft, { key, run, claim, taskOf }: SpokenEvent): StepToken | null {
  const wait = draft.parked(key);
  if (!isTaskWait(wait) || wait.waitsFor.worker !== taskOf) return null;
  return wait.token.claims === claim && wait.token.run === run ? wait.token : null;
}

/** Records when a task began, the notes and logs of the body, and what it sends. A body that will run again as if it had not run sends nothing. */
function recordBody(draft: Draft, token: BodyToken, { type, taskOf, begunAt, key, notes, log, undoes, sends }: OutcomeEvent): void {
  const about: RecordDetails = undoes === undefined ? {} : { step: undoes.step };
  if (taskOf !== undefined) {
    const wait = draft.parked(key);
    draft.record('task-triggered', token, { detail: isTaskWait(wait) ? wait.waitsFor.queue : null, worker: taskOf, at: begunAt ?? draft.now });
  }
  if (notes) for (const { text, at } of notes) draft.record('note', token, { ...about, detail: text, at });
  if (log && log.length > 0) draft.record('log', token, { ...about, detail: log.join('\n') });
  if (sends && type !== 'step-failed' && type !== 'step-paused') for (const sending of sends) draft.putInOutbox(sending, token, about);
}

/* ----------------------------------------------------------------------- outcomes ---- */

/** Ends a reminder. The values that it changed are kept. */
function reminded(draft: Draft, token: ReminderToken, event: OutcomeEvent): void {
  const patch = 'patch' in event ? event.patch : undefined;
  draft.end(token.key);
  if (patch && Object.keys(patch.set).length + patch.remove.length > 0) draft.makeVersion(token.node, patch);
  draft.record('note', token, { detail: 'told that it is overdue' });
}

/** The request was sent. A response may already be in the inbox: the instance that commits this looks there. */
function requested(draft: Draft, token: StepToken, event: EventOf<'response-requested'>): void {
  const asking: StepToken = event.correlation === undefined ? token : { ...token, correlation: event.correlation };
  noteReached(draft, asking, 'asked');
  if (token.last) return endHere(draft, token);
  awaitResponse(draft, asking);
  draft.record('response-requested', token, { detail: asking.correlation ?? null });
}

function awaitResponse(draft: Draft, token: StepToken): void {
  const { message: _answered, ...open } = token;
  draft.wait(open, { kind: 'response', address: responseAddress(correlationOf(draft.head, token)), dueAt: token.deadline ?? null });
}

/** Asks for the child with a message of the same commit. Any instance that finds the message starts the child, once. */
function childRequested(draft: Draft, token: StepToken, { values }: EventOf<'child-requested'>): void {
  const { gate } = nodeOf(draft, token);
  if (gate.for !== 'child') return;
  if (token.last) return endHere(draft, token);
  const id = childId(draft.head.id, token);
  const asking: StepToken = { ...token, children: (token.children ?? 0) + 1 };
  draft.keep(messageOfStart(draft.head.id, id, gate, values, draft.now));
  draft.record('child-started', token, { detail: id });
  noteReached(draft, asking, 'asked');
  if (!gate.detached) return draft.wait(asking, { kind: 'child', address: childAddress(id), dueAt: token.deadline ?? null });
  const message = messageOfDetached(id, values, draft.head.id, draft.now);
  draft.keep(message);
  draft.run({ ...runsAgain(asking), does: 'run', message: message.id });
}

/** `again()`: runs again after `after`. Without it: with the next message if the step waits for messages, else after a while; an event is declined. */
function stepDeferred(draft: Draft, token: StepToken, event: EventOf<'step-deferred'>): void {
  if (event.patch) draft.makeVersion(token.node, event.patch);
  if (token.last) return endHere(draft, token);
  if (isEventToken(token) && event.afterMs === undefined) return decline(draft, token);
  draft.record('step-deferred', token);
  const kept: StepToken = { ...runsAgain(token), ...(event.state !== undefined && { state: event.state }) };
  if (event.afterMs === undefined && token.message !== undefined) return awaitNext(draft, kept);
  const pause = event.afterMs ?? pauseOf(draft, token);
  if (pause instanceof FactError) return failOutside(draft, kept, pause.message);
  tryAgain(draft, nodeOf(draft, token), kept, draft.now + pause);
}

function pauseOf(draft: Draft, token: StepToken): number | FactError {
  const { every = AGAIN_MS } = nodeOf(draft, token);
  return every === 'asked' ? draft.given.facts.every(token.node, token) : every;
}

/**
 * The body runs once more without having failed, so the attempt does not count for the retry policy. The new number keeps the
 * last outcome from applying twice when the reply to its commit was lost.
 */
function runsAgain(given: StepToken): StepToken {
  const token = cleared(given);
  return { ...token, attempt: token.attempt + 1, forgiven: (token.forgiven ?? 0) + 1 };
}

function decline(draft: Draft, token: StepToken): void {
  draft.record('step-skipped', token, { reason: 'the handler did not take the event' });
  draft.end(token.key);
}

function awaitNext(draft: Draft, token: StepToken): void {
  const { gate } = nodeOf(draft, token);
  const { message: _seen, ...open } = token;
  if (gate.for === 'event') awaitEvent(draft, gate, open);
  else if (gate.for === 'input') awaitInput(draft, open);
  else if (gate.for === 'response') awaitResponse(draft, token);
  else tryAgain(draft, nodeOf(draft, token), token, draft.now + AGAIN_MS); // a child ends once
}

function stepPaused(draft: Draft, token: StepToken, event: EventOf<'step-paused'>): void {
  if (token.last) return endHere(draft, token);
  const task = event.taskOf === undefined ? undefined : draft.parked(token.key);
  if (isTaskWait(task)) draft.wait({ ...task.token, claims: (task.token.claims ?? 0) + 1 }, { ...task.waitsFor, worker: null, readyAt: draft.now });
  else draft.run(runsAgain(token));
  draft.become('suspended', event.reason);
  draft.record('step-paused', token, { reason: event.reason });
}

/** Records a failed attempt. The retry policy applies first, then the rules for failures. */
function stepFailed(draft: Draft, token: BodyToken, event: EventOf<'step-failed'>): void {
  draft.record('step-failed', token, { ...(event.undoes !== undefined && { step: event.undoes.step }), error: event.error });
  failBody(draft, token, event);
}

function nodeOf(draft: Draft, token: StepToken): StepNode {
  return stepNamed(draft.definition, token.node);
}
