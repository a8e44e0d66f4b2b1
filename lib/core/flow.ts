import { type ChoiceNode, type Container, type EachNode, END, type ForkNode, type Node, type StageNode } from '../definition/graph.js';
import type { Json } from '../values/json.js';
import type { Draft } from './draft.js';
import { enterStep } from './enter.js';
import { Fault, NO_CHANGE } from './events.js';
import { about, failOutside } from './fail-token.js';
import { parentKey } from './keys.js';
import { isEventToken, type Token, undoesAll } from './process.js';
import { branchKey, containerOf, isLost } from './races.js';
import { giveTurns, holdEach } from './turns.js';
import { type TokenMove, type CarriedData, carriedOf, NOTHING_CARRIED } from './tokens.js';
import { deadlineOf, unwatch, watchDeadline, watchOverdue } from './watch.js';

/** Nodes that run nothing may be passed so often in one decision; then the flow goes round in a circle. */
const MOST_ROUNDS = 1000;

/** Every token that has somewhere to go goes there, and items whose turn has come begin. */
export function flow(draft: Draft): void {
  do for (let journey = draft.nextJourney(); journey; journey = draft.nextJourney()) arrive(draft, journey);
  while (giveTurns(draft));
}

function arrive(draft: Draft, { key, to, carried = NOTHING_CARRIED }: TokenMove): void {
  if (to === END || isLost(draft, key)) return endBranch(draft, key, carried);
  const node = draft.definition.nodes.get(to)!;
  if (node.kind === 'step') {
    draft.moved(key, to);
    return enterStep(draft, node, key, carried);
  }
  const token: Token = { ...carried, key, node: to, run: draft.nextRun(), does: 'branches', attempt: 1, since: draft.now };
  if (draft.nextRound(token) > MOST_ROUNDS) return failAt(draft, token, 'it goes round and round without coming to a step');
  pass(draft, node, token, carried);
}

function pass(draft: Draft, node: Exclude<Node, { kind: 'step' }>, token: Token, carried: CarriedData): void {
  if (node.kind === 'choice') return choose(draft, node, token, carried);
  if (node.kind === 'each') return fanOut(draft, node, token, carried);
  enterContainer(draft, node, token.key);
  return node.kind === 'fork' ? fork(draft, node, token, carried) : openStage(draft, node, token, carried);
}

/** Of what goes on in its branches a restart could make nothing without knowing all of them: so this is kept, also where no version came. */
function enterContainer(draft: Draft, { name }: Container, key: string, ...items: readonly [items?: readonly Json[]]): void {
  if (!draft.hasVersion) draft.makeVersion(name, NO_CHANGE);
  draft.moved(key, name, ...items);
}

function choose(draft: Draft, node: ChoiceNode, token: Token, carried: CarriedData): void {
  const chosen = draft.given.facts.test(node.name, token);
  if (!(chosen instanceof Fault)) {
    if (!chosen && node.of !== undefined) draft.record('step-skipped', { ...about(token), step: node.of, reason: 'its condition does not hold' });
    return draft.send({ key: token.key, to: chosen ? node.then : node.otherwise, carried });
  }
  failAt(draft, token, chosen.message);
}

/** It stands here, and a new attempt enters here again. */
function failAt(draft: Draft, token: Token, error: string): void {
  draft.moved(token.key, token.node);
  failOutside(draft, token, error);
}

/* -------------------------------------------------------------------- branches ---- */

function fork(draft: Draft, node: ForkNode, token: Token, carried: CarriedData): void {
  draft.hold({ ...token, open: node.branches.length });
  draft.send(...node.branches.map((to, i) => ({ key: branchKey(node, token, i), to, carried })));
}

function fanOut(draft: Draft, node: EachNode, token: Token, carried: CarriedData): void {
  const items = draft.given.facts.items(node.name, token);
  if (items instanceof Fault) return failAt(draft, token, items.message);
  if (items.length === 0) return proceed(draft, token, node.next[0]);
  enterContainer(draft, node, token.key, items);
  holdEach(draft, node, token, items.map((item: Json, index) => ({ ...carried, item, index }))); // prettier-ignore
}

function openStage(draft: Draft, node: StageNode, token: Token, carried: CarriedData): void {
  const deadline = deadlineOf(draft, node, token);
  if (deadline instanceof Fault) return failOutside(draft, token, deadline.message);
  const stage: Token = { ...token, open: 1, ...(deadline !== undefined && { deadline }) };
  draft.hold(stage);
  watchDeadline(draft, stage);
  watchOverdue(draft, node, stage);
  draft.send({ key: `${token.key}/0`, to: node.body, carried });
}

/* ------------------------------------------------------------------- going on ---- */

/** The visit has ended: the token goes on, or its branch is over. `previous`: the version with what it hands on. */
export function proceed(draft: Draft, token: Token, to: string | undefined, previous?: number): void {
  unwatch(draft, token);
  if (isEventToken(token)) return leaveEvent(draft, token, to);
  const { key, item, index } = token;
  draft.send({ key, to: to ?? END, carried: carriedOf({ item, index, previous }) });
}

/** Where a node leads to: one way, or the one its body has chosen. */
export function edgeOf(node: Node, branch: string | undefined): string | undefined {
  if (node.kind === 'choice') return undefined;
  if (branch === undefined || node.kind !== 'step' || !node.labels) return branch ?? node.next[0];
  return node.next[node.labels.indexOf(branch)];
}

/** An event nobody asked for may turn the process elsewhere: the branches it was in end, and what limits the whole stays. */
function leaveEvent(draft: Draft, token: Token, to: string | undefined): void {
  draft.remove(token.key);
  if (to === undefined || draft.someToken(undoesAll)) return;
  const whole = wholeOf(draft);
  draft.removeAll();
  startLife(draft);
  draft.send({ key: whole ? keepWhole(draft, whole) : rootKey(draft), to });
}

/** The stage that is the whole flow, where the workflow itself has a `within`. */
function wholeOf(draft: Draft): Token | undefined {
  const start = draft.definition.nodes.get(draft.definition.start);
  const root = start?.kind === 'stage' && start.name === `${draft.definition.name} (within)` ? draft.container(rootKey(draft)) : undefined;
  return root?.node === start?.name ? root : undefined;
}

function keepWhole(draft: Draft, whole: Token): string {
  const stage = { ...whole, key: rootKey(draft) };
  draft.hold(stage);
  draft.moved(stage.key, stage.node);
  watchDeadline(draft, stage);
  return `${stage.key}/0`;
}

/** Tokens from here on have keys of their own, so that nothing of the life before can be mistaken for them. */
export function startLife(draft: Draft): void {
  draft.head.root++;
}

export function rootKey(draft: Draft): string {
  return String(draft.head.root);
}

/* ----------------------------------------------------------------------- joins ---- */

/** The join: what holds the branches together goes on when the last of them has ended, or the first. */
function endBranch(draft: Draft, key: string, carried: CarriedData): void {
  draft.remove(key);
  draft.moved(key);
  const parent = parentKey(key);
  if (parent === null) return beOver(draft, key);
  const container = containerOf(draft, key);
  if (!container) return; // its fork has gone on without it
  const node = draft.definition.nodes.get(container.node) as Container;
  const first = node.kind === 'fork' && node.join === 'any';
  if (container.open! > 1 && !first) return draft.hold({ ...container, open: container.open! - 1 });
  if (first && node.losers === 'cancel') node.branches.forEach((_, i) => draft.removeBranch(branchKey(node, container, i)));
  leave(draft, container, node, carried);
}

function leave(draft: Draft, container: Token, node: Container, { previous }: CarriedData): void {
  draft.remove(container.key);
  proceed(draft, container, node.next[0], node.kind === 'stage' ? previous : undefined);
}

/** Nothing is left of the flow: the process ends with its last accepted event. */
export function beOver(draft: Draft, key: string): void {
  draft.place({ key, node: END, run: 0, does: 'over', attempt: 1, since: draft.now });
}
