import { type StepNode, stepNamed } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { about, awaitEvent, failFor, proceed, responseAddress, tryAgain } from './enter.js';
import type { EventOf } from './events.js';
import { awake, correlationOf, isActive, isMail, type Token, waiting } from './process.js';
import { retryDelay } from './retry.js';

/** How a step says "call me again" when it does not say when. Never a busy loop. */
const AGAIN_MS = 1000;

type Outcome = EventOf<'step-succeeded' | 'response-requested' | 'step-deferred' | 'step-paused' | 'step-failed'>;

/** The visit a body speaks for, unless whoever ran it has lost it meanwhile. */
function visitOf(draft: Draft, event: Outcome): Token | null {
  const token = event.taskOf === undefined ? held(draft, event) : taken(draft, event);
  if (!token || token.run !== event.run || (event.type === 'response-requested' && token.does !== 'request')) return null;
  for (const note of event.notes ?? []) draft.record('note', { ...about(token), detail: note });
  return token;
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
  return awake(wait);
}

function nodeOf(draft: Draft, token: Token): StepNode {
  return stepNamed(draft.definition, token.node);
}

export function stepSucceeded(draft: Draft, event: EventOf<'step-succeeded'>): void {
  const token = visitOf(draft, event);
  if (!token) return;
  draft.remove(token.key);
  draft.makeVersion(token.node, event.patch);
  draft.record('step-completed', { ...about(token), detail: told(event) });
  proceed(draft, token, event.branch);
}

/** Where it went, and whose values it replaced: of two plain values for one key, the last commit wins, and it shows. */
function told({ branch, overwrote = [] }: EventOf<'step-succeeded'>): string | null {
  const parts = [...(branch === undefined ? [] : [branch]), ...(overwrote.length > 0 ? [`overwrote ${overwrote.join(', ')}`] : [])];
  return parts.length === 0 ? null : parts.join('; ');
}

/** The request is out; the answer may come. (It may have come already: then it lies in the inbox, and the committer looks.) */
export function requested(draft: Draft, event: EventOf<'response-requested'>): void {
  const token = visitOf(draft, event);
  if (!token) return;
  const asking: Token = event.correlation === undefined ? token : { ...token, correlation: event.correlation };
  awaitResponse(draft, asking);
  draft.record('response-requested', { ...about(token), detail: correlationOf(draft.head.id, asking) });
}

function awaitResponse(draft: Draft, token: Token): void {
  const { message: _answered, ...open } = token;
  const address = responseAddress(correlationOf(draft.head.id, token));
  draft.park(waiting(open, 'response', { address, dueAt: token.deadline ?? null }));
}

/** `again()`: for the next message if it waits for messages, else after a while. An event nobody asked for is declined. */
export function stepDeferred(draft: Draft, event: EventOf<'step-deferred'>): void {
  const token = visitOf(draft, event);
  if (!token) return;
  if (event.patch) draft.makeVersion(token.node, event.patch);
  if (isMail(token) && event.afterMs === undefined) return decline(draft, token);
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
  if (gate.for !== 'event') return awaitResponse(draft, token);
  const { message: _seen, ...open } = token;
  awaitEvent(draft, gate.event, open);
}

export function stepPaused(draft: Draft, event: EventOf<'step-paused'>): void {
  const token = visitOf(draft, event);
  if (!token) return;
  const task = draft.parked(token.key);
  if (task) draft.park({ ...task, worker: null, readyAt: draft.now, claim: task.claim + 1 });
  else draft.place(nextTurn(token));
  if (!draft.allTokens().some((other) => other.key !== token.key && isActive(other))) draft.letGo();
  draft.become('suspended', event.reason);
  draft.record('step-paused', { ...about(token), reason: event.reason });
}

/** A failed try: tried again by its policy; then skipped if nobody requires it; else the process waits for a person. */
export function stepFailed(draft: Draft, event: EventOf<'step-failed'>): void {
  const token = visitOf(draft, event);
  if (!token) return;
  draft.record('step-failed', { ...about(token), error: event.error });
  fail(draft, token, event.error, event.permanent ? null : event.random);
}

/** Each attempt has the whole of `within`, from the moment it may begin. */
export function timeAnew({ deadline, since }: Token, from: number): Partial<Token> {
  return deadline === undefined ? {} : { since: from, deadline: from + (deadline - since) };
}

export function fail(draft: Draft, token: Token, error: string, random: number | null): void {
  const node = nodeOf(draft, token);
  const delay = random === null ? null : retryDelay(node.retry, token, random);
  if (delay !== null) return tryAgain(draft, node, { ...token, attempt: token.attempt + 1, ...timeAnew(token, draft.now + delay) }, draft.now + delay);
  if (node.required) return failFor(draft, token, error);
  draft.remove(token.key);
  draft.makeVersion(node.name, { set: {}, remove: [] });
  draft.record('step-skipped', { ...about(token), error });
  if (!isMail(token)) proceed(draft, token, undefined); // an event that could not be handled turns the process nowhere
}
