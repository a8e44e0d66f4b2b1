import { END, type StepNode } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { Fault } from './events.js';
import { isCondition, isMail, parentKey, type Token, waiting } from './process.js';

/**
 * How a token moves: it enters a node, meets what the node waits for in this order, and only then may run.
 *
 *   enter ─▶ when? ─▶ event? ─▶ after? ─▶ queue? ─▶ active: runs, or asks and then waits for the response
 */
export function enter(draft: Draft, key: string, name: string): void {
  const node = draft.definition.nodes.get(name)!;
  const run = draft.nextRun();
  draft.moved(key, name);
  if (node.kind === 'step') return meetCondition(draft, node, newVisit(draft, node, key, run));
  draft.place({ key, node: name, run, does: 'branches', attempt: 1, since: draft.now, open: node.branches.length });
  node.branches.forEach((branch, i) => enter(draft, `${key}/${i}`, branch));
}

export function newVisit(draft: Draft, node: StepNode, key: string, run: number): Token {
  const does = node.gate.for === 'response' ? 'request' : 'run';
  const token: Token = { key, node: node.name, run, does, attempt: 1, since: draft.now };
  const deadline = deadlineOf(draft, node);
  if (deadline instanceof Fault) return { ...token, fault: deadline.message };
  return deadline === undefined ? token : { ...token, deadline };
}

function deadlineOf(draft: Draft, node: StepNode): number | Fault | undefined {
  if (node.within === undefined) return undefined;
  return node.within === 'asked' ? draft.given.facts.within(node.name, draft.now) : draft.now + node.within;
}

/** Prerequisites come first: until they hold, the step asks for nothing. */
export function meetCondition(draft: Draft, node: StepNode, token: Token): void {
  if (token.fault !== undefined) return failOutside(draft, token, token.fault);
  const holds = node.when ? draft.given.facts.holds(node.name) : true;
  if (holds instanceof Fault) return failOutside(draft, token, holds.message);
  if (holds) return meetGate(draft, node, token);
  const standing = draft.token(token.key);
  if (standing && isCondition(standing) && standing.run === token.run) return; // it waits for this already
  draft.park(waiting(token, 'condition', { dueAt: token.deadline ?? null }));
  draft.record('condition-awaited', about(token));
}

function meetGate(draft: Draft, node: StepNode, token: Token): void {
  if (node.gate.for === 'event') {
    awaitEvent(draft, node.gate.event, token);
    return draft.record('event-awaited', { ...about(token), detail: node.gate.event });
  }
  const after = node.after ?? 0;
  const at = after === 'asked' ? draft.given.facts.after(node.name, draft.now) : draft.now + after;
  return at instanceof Fault ? failOutside(draft, token, at.message) : makeReady(draft, node, token, at);
}

export function awaitEvent(draft: Draft, event: string, token: Token): void {
  draft.park(waiting(token, 'event', { address: eventAddress(event, draft.head.groupId), dueAt: token.deadline ?? null }));
}

/** Another try of the same visit, from `at` on: it waits for its event again, or runs with the message it had. */
export function tryAgain(draft: Draft, node: StepNode, token: Token, at: number): void {
  if (token.message !== undefined) return makeReady(draft, {}, token, at); // handlers run here
  return node.gate.for === 'event' ? meetGate(draft, node, token) : makeReady(draft, node, token, at);
}

/** The body may run from `at` on: on its task queue, or here. */
export function makeReady(draft: Draft, node: Pick<StepNode, 'queue'>, token: Token, at: number): void {
  if (node.queue !== undefined) {
    draft.park(waiting(token, 'task', { queue: node.queue, readyAt: at, dueAt: token.deadline ?? null }));
    return draft.record('task-queued', { ...about(token), detail: `${node.queue}, from ${new Date(at).toISOString()}` });
  }
  if (at <= draft.now) return draft.place(token);
  draft.park(waiting(token, 'timer', { dueAt: at }));
  draft.record('timer-set', { ...about(token), detail: new Date(at).toISOString() });
}

/** The visit has ended: the token goes on, or its branch is over. */
export function proceed(draft: Draft, token: Token, branch: string | undefined): void {
  const node = draft.definition.nodes.get(token.node)!;
  const to = branch ?? node.next[0];
  if (isMail(token)) return leaveMail(draft, token, to);
  if (to !== undefined && to !== END) return enter(draft, token.key, to);
  endBranch(draft, token.key);
}

/** An event nobody asked for may turn the process elsewhere: the branches it was in end. */
function leaveMail(draft: Draft, token: Token, to: string | undefined): void {
  draft.remove(token.key);
  if (to === undefined) return;
  draft.removeAll();
  startLife(draft);
  if (to === END) return endBranch(draft, rootKey(draft));
  enter(draft, rootKey(draft), to);
}

/** Tokens from here on have keys of their own, so that nothing of the life before can be mistaken for them. */
export function startLife(draft: Draft): void {
  draft.head.root++;
}

export function rootKey(draft: Draft): string {
  return String(draft.head.root);
}

/** The join: the fork's token goes on when the last of its branches has ended. */
function endBranch(draft: Draft, key: string): void {
  draft.remove(key);
  draft.moved(key);
  const parent = parentKey(key);
  if (parent === null) return beOver(draft, key);
  const fork = draft.token(parent)!;
  if (fork.open! > 1) return draft.place({ ...fork, open: fork.open! - 1 });
  draft.remove(parent);
  proceed(draft, fork, undefined);
}

/** Nothing is left of the flow: the process ends with its last accepted event. */
export function beOver(draft: Draft, key: string): void {
  draft.place({ key, node: END, run: 0, does: 'over', attempt: 1, since: draft.now });
}

/** For good: the process waits for a person. */
export function failFor(draft: Draft, token: Token, error: string): void {
  draft.place({ ...token, fault: error });
  draft.record('process-failed', { ...about(token), error });
}

function failOutside(draft: Draft, token: Token, error: string): void {
  failFor(draft, { ...token, outside: true }, error);
}

export function about(token: Token): { step: string; run: number; attempt: number } {
  return { step: token.node, run: token.run, attempt: token.attempt };
}

/** Responses and events share the inbox, never an address. */
export function responseAddress(correlationId: string): string {
  return `r:${correlationId}`;
}

/** The first colon that is not escaped ends the name: `a` for `b:c` is not `a:b` for `c`. */
export function eventAddress(event: string, key: string): string {
  return `e:${event.replace(/[\\:]/g, '\\$&')}:${key}`;
}

/** The name of the event of an address. */
export function eventIn(address: string): string | null {
  const name = /^e:((?:\\.|[^\\:])*):/s.exec(address)?.[1];
  return name === undefined ? null : name.replace(/\\(.)/gs, '$1');
}
