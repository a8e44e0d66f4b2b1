import type { EventGate, StepNode } from '../definition/graph.js';
import { eventAddress, inputAddress } from './addresses.js';
import type { Draft } from './draft.js';
import { FactError } from './facts.js';
import { failOutside } from './failed-token.js';
import { type CarriedData, carriedBy, isCondition, NOTHING_CARRIED, type StepToken } from './token.js';
import { stopListening } from './listeners.js';
import { overdueKey } from './token-key.js';
import { asksFirst } from './undo-marks.js';
import { completeByOf, deadlineOf, watchOverdue } from './watch.js';

const MOST_KEYED_ITEMS = 16;

/**
 * Lets a token enter a step. The token waits in this order, and only then may run:
 *
 *   arrived ─▶ when? ─▶ event? input? ─▶ after? ─▶ queue? ─▶ active: runs, or asks and then waits for the response or the child
 */
export function enterStep(draft: Draft, node: StepNode, key: string, carried: CarriedData): void {
  stopListening(draft, node);
  const token = newVisit(draft, node, key, draft.nextRun(), carried);
  if (token.fault === undefined) watchOverdue(draft, node, token);
  meetCondition(draft, node, token);
}

export function newVisit(draft: Draft, node: StepNode, key: string, run: number, carried: CarriedData = NOTHING_CARRIED): StepToken {
  const does = asksFirst(node) ? 'request' : 'run';
  const token: StepToken = { key, node: node.name, run, does, attempt: 1, since: draft.now, ...carried };
  const [deadline, completeBy] = [deadlineOf(draft, node, token), completeByOf(draft, node, token)];
  if (deadline instanceof FactError) return { ...token, fault: deadline.message };
  if (completeBy instanceof FactError) return { ...token, fault: completeBy.message };
  if (deadline === undefined && completeBy === undefined) return token;
  return { ...token, ...(deadline !== undefined && { deadline }), ...(completeBy !== undefined && { completeBy }) };
}

/** Checks the condition first. Until it holds, the step waits for nothing else. */
export function meetCondition(draft: Draft, node: StepNode, token: StepToken): void {
  if (token.fault !== undefined) return failOutside(draft, token, token.fault);
  const holds = node.when ? draft.given.facts.holds(node.name, token) : true;
  if (holds instanceof FactError) return failOutside(draft, token, holds.message);
  if (holds) return meetGate(draft, node, token);
  const standing = draft.token(token.key);
  if (standing && isCondition(standing) && standing.run === token.run) return; // already waits for its condition
  draft.wait(token, { kind: 'condition', dueAt: token.deadline ?? null });
  draft.record('condition-awaited', token);
}

function meetGate(draft: Draft, node: StepNode, token: StepToken): void {
  const { gate } = node;
  if (gate.for === 'event') return meetEvent(draft, gate, token);
  if (gate.for === 'input') return awaitInput(draft, token);
  const after = node.after ?? 0;
  const at = after === 'asked' ? draft.given.facts.after(node.name, draft.now, token) : draft.now + after;
  return at instanceof FactError ? failOutside(draft, token, at.message) : makeReady(draft, node, token, at);
}

function meetEvent(draft: Draft, gate: EventGate, token: StepToken): void {
  const from = gate.since ? draft.given.facts.since(token.node, token) : undefined;
  if (from instanceof FactError) return failOutside(draft, token, from.message);
  const waits = awaitEvent(draft, gate, from === undefined ? token : { ...token, from });
  if (waits) draft.record('event-awaited', token, { detail: gate.event });
}

/** False: its key could not be computed, so the token has failed. */
export function awaitEvent(draft: Draft, gate: EventGate, token: StepToken): boolean {
  const key = gate.keyed ? draft.given.facts.key(token.node, token) : draft.head.groupId;
  if (key instanceof FactError) failOutside(draft, token, key.message);
  else draft.wait(keyedBy(draft, gate, token), { kind: 'event', address: eventAddress(gate.event, key, gate.keyName), dueAt: token.deadline ?? null });
  return !(key instanceof FactError);
}

/** Items have keys of their own, so of many items only the first are looked at with every version. */
function keyedBy(draft: Draft, { keyed }: EventGate, token: StepToken): StepToken {
  const isSeen = keyed && (token.item === undefined || draft.allTokens().length < MOST_KEYED_ITEMS);
  return isSeen ? { ...token, keyed: true } : token;
}

export function awaitInput(draft: Draft, token: StepToken): void {
  draft.wait(token, { kind: 'input', address: inputAddress(draft.head.id, token.run), dueAt: token.deadline ?? null });
  draft.record('input-required', token);
}

/** Starts another attempt of the same visit, from `at` on: waits for its event or input again, or runs with the message it had. */
export function tryAgain(draft: Draft, node: StepNode, token: StepToken, at: number): void {
  if (token.message !== undefined) return makeReady(draft, handledOn(node), token, at);
  const waitsFirst = node.gate.for === 'event' || node.gate.for === 'input';
  return waitsFirst ? meetGate(draft, node, token) : makeReady(draft, node, token, at);
}

/** Starts a new attempt at once, and forgives those before. A token that failed before its body could begin enters the step from the start. */
export function attemptAnew(draft: Draft, node: StepNode, { outside, ...token }: StepToken): void {
  const tries = { attempt: token.attempt + 1, forgiven: token.attempt };
  if (outside && token.message === undefined) return enterAnew(draft, node, { ...newVisit(draft, node, token.key, token.run, carriedBy(token)), ...tries });
  tryAgain(draft, node, { ...token, ...tries, since: draft.now, ...timeAnew(token, draft.now) }, draft.now);
}

/** The overdue timer may not have been set yet. */
function enterAnew(draft: Draft, node: StepNode, token: StepToken): void {
  if (token.fault === undefined && !draft.parked(overdueKey(token))) watchOverdue(draft, node, token);
  meetCondition(draft, node, token);
}

/** Each attempt has the whole of `within`, from the moment it may begin. */
export function timeAnew({ deadline, since }: { deadline?: number; since: number }, from: number): { since?: number; deadline?: number } {
  return deadline === undefined ? {} : { since: from, deadline: from + (deadline - since) };
}

/** The queue of a body that has its message. In a step that sends a request, the queue is for the request only. */
export function handledOn(node: StepNode): Pick<StepNode, 'queue'> {
  return asksFirst(node) ? {} : node;
}

/** Lets the body run from `at` on: on its task queue, or in the process's own worker. Not after the moment at which the step is complete anyway. */
export function makeReady(draft: Draft, node: Pick<StepNode, 'queue'>, token: StepToken, from: number): void {
  const at = from <= draft.now ? from : Math.min(from, token.completeBy ?? from);
  if (node.queue !== undefined && at === from) return enqueue(draft, node.queue, token, at);
  if (at <= draft.now && at === from) return draft.run(token);
  draft.wait(token, { kind: 'timer', dueAt: Math.min(at, token.deadline ?? at) });
  draft.record('timer-set', token, { detail: new Date(at).toISOString() });
}

function enqueue(draft: Draft, queue: string, token: StepToken, readyAt: number): void {
  draft.wait(token, { kind: 'task', queue, readyAt, worker: null, dueAt: token.deadline ?? null });
  draft.record('task-queued', token, { detail: `${queue}, from ${new Date(readyAt).toISOString()}` });
}
