import type { EventGate, StepNode } from '../definition/graph.js';
import { eventAddress, inputAddress } from './addresses.js';
import type { Draft } from './draft.js';
import { Fault } from './events.js';
import { about, failOutside } from './fail-token.js';
import { isCondition, type Token, toWait } from './process.js';
import { deadlineOf, overdueKey, watchOverdue } from './watch.js';
import { type CarriedData, carriedOf, NOTHING_CARRIED } from './tokens.js';

/**
 * A token has come to a step: it meets what the step waits for in this order, and only then may run.
 *
 *   arrived ─▶ when? ─▶ event? input? ─▶ after? ─▶ queue? ─▶ active: runs, or asks and then waits for the response or the child
 */
export function enterStep(draft: Draft, node: StepNode, key: string, carried: CarriedData): void {
  const token = newVisit(draft, node, key, draft.nextRun(), carried);
  if (token.fault === undefined) watchOverdue(draft, node, token);
  meetCondition(draft, node, token);
}

export function newVisit(draft: Draft, node: StepNode, key: string, run: number, carried: CarriedData = NOTHING_CARRIED): Token {
  const does = asksFirst(node) ? 'request' : 'run';
  const token: Token = { key, node: node.name, run, does, attempt: 1, since: draft.now, ...carried };
  const deadline = deadlineOf(draft, node, token);
  if (deadline instanceof Fault) return { ...token, fault: deadline.message };
  return deadline === undefined ? token : { ...token, deadline };
}

/** Its first body asks somebody, or says what a child starts with. */
export function asksFirst({ gate }: StepNode): boolean {
  return gate.for === 'response' || gate.for === 'child';
}

/** Prerequisites come first: until they hold, the step asks for nothing. */
export function meetCondition(draft: Draft, node: StepNode, token: Token): void {
  if (token.fault !== undefined) return failOutside(draft, token, token.fault);
  const holds = node.when ? draft.given.facts.holds(node.name, token) : true;
  if (holds instanceof Fault) return failOutside(draft, token, holds.message);
  if (holds) return meetGate(draft, node, token);
  const standing = draft.token(token.key);
  if (standing && isCondition(standing) && standing.run === token.run) return; // it waits for this already
  draft.park(toWait(token, 'condition', { dueAt: token.deadline ?? null }));
  draft.record('condition-awaited', about(token));
}

function meetGate(draft: Draft, node: StepNode, token: Token): void {
  const { gate } = node;
  if (gate.for === 'event') return meetEvent(draft, gate, token);
  if (gate.for === 'input') return awaitInput(draft, token);
  const after = node.after ?? 0;
  const at = after === 'asked' ? draft.given.facts.after(node.name, draft.now, token) : draft.now + after;
  return at instanceof Fault ? failOutside(draft, token, at.message) : makeReady(draft, node, token, at);
}

function meetEvent(draft: Draft, gate: EventGate, token: Token): void {
  const from = gate.since ? draft.given.facts.since(token.node, token) : undefined;
  if (from instanceof Fault) return failOutside(draft, token, from.message);
  const waits = awaitEvent(draft, gate, from === undefined ? token : { ...token, from });
  if (waits) draft.record('event-awaited', { ...about(token), detail: gate.event });
}

/** False: its key could not be told. */
export function awaitEvent(draft: Draft, gate: EventGate, token: Token): boolean {
  const key = gate.keyed ? draft.given.facts.key(token.node, token) : draft.head.groupId;
  if (key instanceof Fault) failOutside(draft, token, key.message);
  else draft.park(toWait(token, 'event', { address: eventAddress(gate.event, key), dueAt: token.deadline ?? null }));
  return !(key instanceof Fault);
}

export function awaitInput(draft: Draft, token: Token): void {
  draft.park(toWait(token, 'input', { address: inputAddress(draft.head.id, token.run), dueAt: token.deadline ?? null }));
  draft.record('input-required', about(token));
}

/** Another try of the same visit, from `at` on: it waits for its event or input again, or runs with the message it had. */
export function tryAgain(draft: Draft, node: StepNode, token: Token, at: number): void {
  if (token.message !== undefined) return makeReady(draft, handledOn(node), token, at);
  const waitsFirst = node.gate.for === 'event' || node.gate.for === 'input';
  return waitsFirst ? meetGate(draft, node, token) : makeReady(draft, node, token, at);
}

/** A new attempt at once, which costs no try: by a person, or for one. What could not be met is met from the start. */
export function attemptAnew(draft: Draft, node: StepNode, { outside, ...token }: Token): void {
  const tries = { attempt: token.attempt + 1, forgiven: token.attempt };
  if (outside && token.message === undefined) return enterAnew(draft, node, { ...newVisit(draft, node, token.key, token.run, carriedOf(token)), ...tries });
  tryAgain(draft, node, { ...token, ...tries, since: draft.now, ...timeAnew(token, draft.now) }, draft.now);
}

/** It may not have come so far that it was watched. */
function enterAnew(draft: Draft, node: StepNode, token: Token): void {
  if (token.fault === undefined && !draft.parked(overdueKey(token))) watchOverdue(draft, node, token);
  meetCondition(draft, node, token);
}

/** Each attempt has the whole of `within`, from the moment it may begin. */
export function timeAnew({ deadline, since }: Token, from: number): Partial<Token> {
  return deadline === undefined ? {} : { since: from, deadline: from + (deadline - since) };
}

/** Where a body runs that was brought something: the queue of what asks first was for the asking. */
export function handledOn(node: StepNode): Pick<StepNode, 'queue'> {
  return asksFirst(node) ? {} : node;
}

/** The body may run from `at` on: on its task queue, or here. */
export function makeReady(draft: Draft, node: Pick<StepNode, 'queue'>, token: Token, at: number): void {
  if (node.queue !== undefined) {
    draft.park(toWait(token, 'task', { queue: node.queue, readyAt: at, dueAt: token.deadline ?? null }));
    return draft.record('task-queued', { ...about(token), detail: `${node.queue}, from ${new Date(at).toISOString()}` });
  }
  if (at <= draft.now) return draft.place(token);
  draft.park(toWait(token, 'timer', { dueAt: Math.min(at, token.deadline ?? at) }));
  draft.record('timer-set', { ...about(token), detail: new Date(at).toISOString() });
}
