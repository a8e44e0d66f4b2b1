import {
  type ChoiceNode,
  type Container,
  type EachNode,
  END,
  type ForkNode,
  type Node,
  type StageNode,
  type StepNode,
  stepNamed,
} from '../definition/graph.js';
import { wholeStage } from '../definition/whole-stage.js';
import type { Json } from '../values/json.js';
import type { Draft } from './draft.js';
import { enterStep } from './enter.js';
import { NO_CHANGE } from './events.js';
import { FactError } from './facts.js';
import { failOutside } from './failed-token.js';
import { branchOfStage, containerOf, hasLostRace, keyOfBranch } from './races.js';
import { parentKey, rootKeyOf } from './token-key.js';
import { type CarriedData, carriedBy, type ContainerToken, isEventToken, NOTHING_CARRIED, type Token, undoesAll, type UndoToken } from './token.js';
import type { TokenMove } from './token-move.js';
import { giveTurns, holdEach } from './turns.js';
import { deadlineOf, unwatch, watchDeadline, watchOverdue } from './watch.js';

/** How often a token may pass a node that runs nothing in one decision. More means that the flow goes round in a circle. */
const MOST_PASSES = 1000;

/** Lets every token on its way arrive, and items whose turn has come begin. */
export function flow(draft: Draft): void {
  do for (let move = draft.nextMove(); move; move = draft.nextMove()) arrive(draft, move);
  while (giveTurns(draft));
}

function arrive(draft: Draft, { key, to, carried = NOTHING_CARRIED }: TokenMove): void {
  if (to === END || hasLostRace(draft, key)) return endBranch(draft, key, carried);
  const node = draft.definition.nodes.get(to)!;
  if (node.kind === 'step') {
    draft.moved(key, to);
    return enterStep(draft, node, key, carried);
  }
  const token: ContainerToken = { ...carried, key, node: to, run: draft.nextRun(), does: 'branches', attempt: 1, since: draft.now, open: 0 };
  if (draft.nextPass(token) > MOST_PASSES) return failAt(draft, token, 'it goes round and round without coming to a step');
  passNode(draft, node, token, carried);
}

function passNode(draft: Draft, node: Exclude<Node, { kind: 'step' }>, token: ContainerToken, carried: CarriedData): void {
  if (node.kind === 'choice') return choose(draft, node, token, carried);
  if (node.kind === 'each') return fanOut(draft, node, token, carried);
  enterContainer(draft, node, token.key);
  return node.kind === 'fork' ? fork(draft, node, token, carried) : openStage(draft, node, token, carried);
}

/** Records that a container was entered, and makes a version if there is none: a restart must know the container to find its branches. */
function enterContainer(draft: Draft, { name }: Container, key: string, ...items: readonly [items?: readonly Json[]]): void {
  if (!draft.hasVersion) draft.makeVersion(name, NO_CHANGE);
  draft.moved(key, name, ...items);
}

function choose(draft: Draft, node: ChoiceNode, token: ContainerToken, carried: CarriedData): void {
  const chosen = draft.given.facts.test(node.name, token);
  if (chosen instanceof FactError) return failAt(draft, token, chosen.message);
  if (!chosen && node.skips !== undefined) draft.record('step-skipped', token, { step: node.skips, reason: 'its condition does not hold' });
  draft.send({ key: token.key, to: chosen ? node.then : node.otherwise, carried });
}

/** Fails the token here. A new attempt enters this node again. */
function failAt(draft: Draft, token: ContainerToken, error: string): void {
  draft.moved(token.key, token.node);
  failOutside(draft, token, error);
}

/* -------------------------------------------------------------------- branches ---- */

function fork(draft: Draft, node: ForkNode, token: ContainerToken, carried: CarriedData): void {
  draft.hold({ ...token, open: node.branches.length });
  draft.send(...node.branches.map((to, i) => ({ key: keyOfBranch(node, token, i), to, carried })));
}

function fanOut(draft: Draft, node: EachNode, token: ContainerToken, carried: CarriedData): void {
  const items = draft.given.facts.items(node.name, token);
  if (items instanceof FactError) return failAt(draft, token, items.message);
  if (items.length === 0) return proceed(draft, token, node.next[0]);
  enterContainer(draft, node, token.key, items);
  holdEach(draft, node, token, items.map((item: Json, index) => ({ ...carried, item, index }))); // prettier-ignore
}

function openStage(draft: Draft, node: StageNode, token: ContainerToken, carried: CarriedData): void {
  const deadline = deadlineOf(draft, node, token);
  if (deadline instanceof FactError) return failOutside(draft, token, deadline.message);
  const stage: ContainerToken = { ...token, open: 1, ...(deadline !== undefined && { deadline }) };
  draft.hold(stage);
  watchDeadline(draft, stage);
  watchOverdue(draft, node, stage);
  draft.send({ key: branchOfStage(token), to: node.body, carried });
}

/* ------------------------------------------------------------------- going on ---- */

/** Ends a visit: the token goes on, or its branch is over. `previous`: the version that holds the result it hands on. */
export function proceed(draft: Draft, token: Token, to: string | undefined, previous?: number): void {
  unwatch(draft, token);
  if (isEventToken(token)) return leaveEvent(draft, token, to);
  const { item, index } = token as CarriedData;
  draft.send({ key: token.key, to: to ?? END, carried: carriedBy({ item, index, previous } as CarriedData) });
}

/** The next node: the only one, or the one that the body chose. */
export function edgeOf({ next, labels }: StepNode, branch: string | undefined): string | undefined {
  return branch === undefined || !labels ? (branch ?? next[0]) : next[labels.indexOf(branch)];
}

/** After an unsolicited event, which has ended: with a next step the process goes on there. */
function leaveEvent(draft: Draft, token: Token, to: string | undefined): void {
  if (to !== undefined && stepNamed(draft.definition, token.node).unsolicited && !draft.someToken(undoesAll)) goOnAt(draft, to);
}

/** The process goes on at this step: all branches end, and the `within` of the whole stays. An undo always goes on to its end first. */
export function goOnAt(draft: Draft, to: string): void {
  const undo = draft.allTokens().find((token): token is UndoToken => token.does === 'undo' && !token.last);
  if (undo) return goOnAfter(draft, undo, to);
  draft.send({ key: leaveFlow(draft), to });
}

/** An undo that waits for another attempt goes on waiting. */
function goOnAfter(draft: Draft, undo: UndoToken, then: string): void {
  const wait = undo.parked === undefined ? undefined : draft.parked(undo.key);
  if (wait) draft.wait({ ...undo, then }, wait.waitsFor);
  else draft.run({ ...undo, then });
}

/** Ends all branches and begins the next life. Returns the key of its flow. */
export function leaveFlow(draft: Draft): string {
  const whole = wholeOf(draft);
  endFlow(draft);
  startLife(draft);
  return whole ? keepWhole(draft, whole) : rootKey(draft);
}

/** The stage that is the whole flow, where the workflow itself has a `within`. */
export function wholeOf(draft: Draft): ContainerToken | undefined {
  const stage = wholeStage(draft.definition);
  const root = stage && draft.container(rootKey(draft));
  return root?.node === stage?.name ? root : undefined;
}

function keepWhole(draft: Draft, whole: ContainerToken): string {
  const stage = { ...whole, key: rootKey(draft) };
  draft.hold(stage);
  draft.moved(stage.key, stage.node);
  watchDeadline(draft, stage);
  return branchOfStage(stage);
}

/** Ends every branch. Accepted events stay, and those that wait for another attempt have it now. */
export function endFlow(draft: Draft): void {
  draft.endBranch(rootKey(draft));
  for (const token of draft.allTokens()) if (isEventToken(token) && token.parked !== undefined) draft.run(token);
}

/** Begins the next life. New tokens get new keys, so no token of the old life can be mistaken for them. */
export function startLife(draft: Draft): void {
  draft.head.root++;
}

export function rootKey(draft: Draft): string {
  return rootKeyOf(draft.head.root);
}

/* ----------------------------------------------------------------------- joins ---- */

/** Ends a branch. A container goes on when the last of its branches has ended, or with `any` the first. */
function endBranch(draft: Draft, key: string, carried: CarriedData): void {
  draft.end(key);
  draft.moved(key);
  if (parentKey(key) === null) return beOver(draft, key);
  const container = containerOf(draft, key);
  if (!container) return; // its fork has already gone on
  const node = draft.definition.nodes.get(container.node) as Container;
  const first = node.kind === 'fork' && node.join === 'any';
  if (container.open > 1 && !first) return draft.hold({ ...container, open: container.open - 1 });
  if (first && node.losers === 'cancel') node.branches.forEach((_, i) => draft.endBranch(keyOfBranch(node, container, i)));
  leave(draft, container, node, carried);
}

function leave(draft: Draft, container: ContainerToken, node: Container, { previous }: CarriedData): void {
  draft.end(container.key);
  proceed(draft, container, node.next[0], node.kind === 'stage' ? previous : undefined);
}

/** Marks the flow as ended. The process ends after its last unsolicited event, loser and undo. */
export function beOver(draft: Draft, key: string): void {
  draft.run({ key, node: END, run: 0, does: 'over', attempt: 1, since: draft.now });
}
