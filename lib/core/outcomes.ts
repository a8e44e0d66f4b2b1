import { type StepNode, stepNamed } from '../definition/graph.js';
import { childAddress, responseAddress } from './addresses.js';
import type { UndoMark, VersionDraft } from './change.js';
import type { Draft } from './draft.js';
import { awaitEvent, awaitInput, tryAgain } from './enter.js';
import type { EventOf } from './events.js';
import { fail } from './failure.js';
import { about } from './fail-token.js';
import { edgeOf, proceed } from './flow.js';
import { childId, letterOfChild, letterOfStart } from './engine-messages.js';
import { toToken, correlationOf, isActive, isEventToken, type Token, toWait } from './process.js';
import { allUndone, ended, endHere, visitUndone } from './undo.js';
import { carriedOf } from './tokens.js';

/** How a step says "call me again" when it does not say when. Never a busy loop. */
const AGAIN_MS = 1000;

type Outcome = EventOf<
  'step-succeeded' | 'response-requested' | 'child-requested' | 'step-deferred' | 'step-paused' | 'step-failed' | 'visit-undone' | 'all-undone'
>;

/** The visit a body speaks for, unless whoever ran it has lost it meanwhile. */
function visitOf(draft: Draft, event: Outcome): Token | null {
  const token = event.taskOf === undefined ? held(draft, event) : taken(draft, event);
  const asks = event.type === 'response-requested' || event.type === 'child-requested';
  if (!token || token.run !== event.run || (asks && token.does !== 'request')) return null;
  const speaker = speakerOf(token, event);
  for (const { text, at } of event.notes ?? []) draft.record('note', { ...speaker, detail: text, at });
  if (event.log?.length) draft.record('log', { ...speaker, detail: event.log.join('\n') });
  return token;
}

function speakerOf(token: Token, { undoes }: Outcome): ReturnType<typeof about> {
  return undoes === undefined ? about(token) : { ...about(token), step: undoes };
}

function held(draft: Draft, event: Outcome): Token | null {
  const token = draft.token(event.key);
  const mine = event.claim === draft.head.claim && token?.attempt === event.attempt;
  return mine && isActive(token!) ? token! : null;
}

function taken(draft: Draft, event: Outcome): Token | null {
  const wait = draft.parked(event.key);
  if (!wait || wait.kind !== 'task' || wait.worker !== event.taskOf || wait.claim !== event.claim || wait.run !== event.run) return null;
  draft.record('task-triggered', { ...about(wait), detail: wait.queue, worker: wait.worker, at: event.begunAt ?? draft.now });
  return toToken(wait);
}

function nodeOf(draft: Draft, token: Token): StepNode {
  return stepNamed(draft.definition, token.node);
}

export function stepSucceeded(draft: Draft, event: EventOf<'step-succeeded'>): void {
  const token = visitOf(draft, event);
  if (!token) return;
  draft.remove(token.key);
  if (token.does === 'remind') return reminded(draft, token, event);
  const node = nodeOf(draft, token);
  draft.makeVersion(token.node, event.patch, besidePatch(node, token, event));
  draft.record('step-completed', { ...about(token), detail: told(event) });
  if (token.last) return ended(draft, token);
  proceed(draft, token, edgeOf(node, event.branch), event.branch === undefined ? draft.head.contextVersion : token.previous);
}

/** Most versions hold their patch alone. */
function besidePatch({ compensates }: StepNode, token: Token, { result }: EventOf<'step-succeeded'>): Pick<VersionDraft, 'result' | 'undo'> | undefined {
  if (result === undefined && !compensates) return undefined;
  return { ...(result !== undefined && { result }), ...(compensates && { undo: markOf(token) }) };
}

/** What was told of being overdue: a courtesy, but what it changed counts. */
function reminded(draft: Draft, token: Token, { patch }: EventOf<'step-succeeded'>): void {
  if (Object.keys(patch.set).length + patch.remove.length > 0) draft.makeVersion(token.node, patch);
  endReminder(draft, token);
}

function endReminder(draft: Draft, token: Token): void {
  draft.remove(token.key);
  draft.record('note', { ...about(token), detail: 'told that it is overdue' });
}

function markOf(token: Token): UndoMark {
  return { key: token.key, run: token.run, ...carriedOf(token) };
}

/** Where it went, and whose values it replaced: of two plain values for one key, the last commit wins, and it shows. */
function told({ branch, overwrote = [] }: EventOf<'step-succeeded'>): string | null {
  if (overwrote.length === 0) return branch ?? null;
  return [branch, `overwrote ${overwrote.join(', ')}`].filter(Boolean).join('; ');
}

/** The request is out; the answer may come. (It may have come already: then it lies in the inbox, and the committer looks.) */
export function requested(draft: Draft, event: EventOf<'response-requested'>): void {
  const token = visitOf(draft, event);
  if (!token) return;
  const asking: Token = event.correlation === undefined ? token : { ...token, correlation: event.correlation };
  if (token.last) return endHere(draft, token);
  awaitResponse(draft, asking);
  draft.record('response-requested', { ...about(token), detail: correlationOf(draft.head.id, asking) });
}

function awaitResponse(draft: Draft, token: Token): void {
  const { message: _answered, ...open } = token;
  const address = responseAddress(correlationOf(draft.head.id, token));
  draft.park(toWait(open, 'response', { address, dueAt: token.deadline ?? null }));
}

/** The child is asked for in the same record: whoever finds that starts it, once. */
export function childRequested(draft: Draft, event: EventOf<'child-requested'>): void {
  const token = visitOf(draft, event);
  const { gate } = token ? nodeOf(draft, token) : {};
  if (!token || gate?.for !== 'child') return;
  if (token.last) return endHere(draft, token);
  const id = childId(draft.head.id, token);
  const asking: Token = { ...token, children: (token.children ?? 0) + 1 };
  draft.keep(letterOfStart(draft.head.id, id, gate, event.values, draft.now));
  draft.record('child-started', { ...about(token), detail: id });
  if (!gate.detached) return draft.park(toWait(asking, 'child', { address: childAddress(id), dueAt: token.deadline ?? null }));
  const letter = letterOfChild(id, event.values, draft.head.id, draft.now);
  draft.keep(letter);
  draft.place({ ...nextTurn(asking), does: 'run', message: letter.id });
}

/** `again()`: for the next message if it waits for messages, else after a while. An event nobody asked for is declined. */
export function stepDeferred(draft: Draft, event: EventOf<'step-deferred'>): void {
  const token = visitOf(draft, event);
  if (!token) return;
  if (event.patch) draft.makeVersion(token.node, event.patch);
  if (token.last) return endHere(draft, token);
  if (token.does === 'remind') return endReminder(draft, token);
  if (isEventToken(token) && event.afterMs === undefined) return decline(draft, token);
  draft.record('step-deferred', about(token));
  const kept: Token = { ...nextTurn(token), ...(event.state !== undefined && { state: event.state }) };
  if (event.afterMs === undefined && token.message !== undefined) return awaitNext(draft, kept);
  tryAgain(draft, nodeOf(draft, token), kept, draft.now + (event.afterMs ?? AGAIN_MS));
}

/**
 * The body runs once more without having failed: a new attempt that costs none. Its number fences what the last one said,
 * which would otherwise apply twice where the reply to its commit was lost.
 */
function nextTurn(token: Token): Token {
  return { ...token, attempt: token.attempt + 1, forgiven: (token.forgiven ?? 0) + 1 };
}

function decline(draft: Draft, token: Token): void {
  draft.record('step-skipped', { ...about(token), reason: 'the handler did not take the event' });
  draft.remove(token.key);
}

function awaitNext(draft: Draft, token: Token): void {
  const { gate } = nodeOf(draft, token);
  const { message: _seen, ...open } = token;
  if (gate.for === 'event') awaitEvent(draft, gate, open);
  else if (gate.for === 'input') awaitInput(draft, open);
  else if (gate.for === 'response') awaitResponse(draft, token);
  else tryAgain(draft, nodeOf(draft, token), token, draft.now + AGAIN_MS); // a child ends once
}

export function stepPaused(draft: Draft, event: EventOf<'step-paused'>): void {
  const token = visitOf(draft, event);
  if (!token) return;
  if (token.last) return endHere(draft, token);
  const task = event.taskOf === undefined ? undefined : draft.parked(token.key);
  if (task) draft.park({ ...task, worker: null, readyAt: draft.now, claim: task.claim + 1 });
  else draft.place(nextTurn(token));
  draft.letGoOf(token);
  draft.become('suspended', event.reason);
  draft.record('step-paused', { ...about(token), reason: event.reason });
}

/** A failed try: tried again by its policy; then it follows what is said of that. */
export function stepFailed(draft: Draft, event: EventOf<'step-failed'>): void {
  const token = visitOf(draft, event);
  if (!token) return;
  draft.record('step-failed', { ...speakerOf(token, event), error: event.error });
  fail(draft, token, event.error, event.permanent ? null : event.random);
}

export function undone(draft: Draft, event: EventOf<'visit-undone' | 'all-undone'>): void {
  const token = visitOf(draft, event);
  if (token?.does !== 'undo') return;
  if (event.type === 'all-undone') allUndone(draft, token);
  else visitUndone(draft, token, event);
}
