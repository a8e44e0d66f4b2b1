import { type EachNode, END } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { hasLostRace } from './races.js';
import { branchKey } from './token-key.js';
import { type CarriedData, carriedBy, type ContainerToken, isActive, type ItemsToDo, type StepToken, type Token } from './token.js';
import type { TokenMove } from './token-move.js';
import { MOST_TOKENS } from './tokens.js';

/** Up to so many active bodies, more items begin until the row is full: items are read in groups, not one by one. */
const FEW_TOKENS = MOST_TOKENS / 2;

/** Makes one branch for each item. Items wait for their turn, each in a row of its own. */
export function holdEach(draft: Draft, node: EachNode, container: Omit<ContainerToken, 'open'>, items: readonly CarriedData[]): void {
  items.forEach((carried, i) => awaitTurn(draft, node.body, container.key, i, carried));
  draft.hold({ ...container, open: items.length, todo: [0, items.length] });
}

export function awaitTurn(draft: Draft, node: string, container: string, i: number, carried: CarriedData): void {
  const token: StepToken = { ...carried, key: branchKey(container, i), node, run: 0, does: 'run', attempt: 1, since: draft.now };
  draft.wait(token, { kind: 'turn' });
}

/** Lets items begin while there is room. True: tokens are on their way. */
export function giveTurns(draft: Draft): boolean {
  let some = false;
  if (!draft.someToken(hasTurns)) return false;
  for (const container of draft.allTokens().filter(hasTurns)) if (giveTurnsIn(draft, container, container.todo!)) some = true;
  return some;
}

/** True for an each with items that have not begun. */
function hasTurns(token: Token): token is ContainerToken {
  return token.does === 'branches' && token.todo !== undefined && token.todo[0] < token.todo[1] && token.fault === undefined;
}

function giveTurnsIn(draft: Draft, container: ContainerToken, todo: ItemsToDo): boolean {
  return hasLostRace(draft, container.key) ? forgo(draft, container, todo) : beginItems(draft, container, todo, roomIn(draft, container, todo));
}

/** How many items may begin: within `concurrency`, as many as fit into the process row, but one if none has begun, or it would never go on. */
function roomIn(draft: Draft, { node, open }: ContainerToken, [next, size]: ItemsToDo): number {
  const { concurrency } = draft.definition.nodes.get(node) as EachNode;
  const underWay = open - (size - next);
  const inRow = draft.allTokens().filter(isActive).length;
  const fits = inRow > FEW_TOKENS ? 0 : MOST_TOKENS - inRow;
  return Math.min(concurrency === undefined ? Infinity : concurrency - underWay, underWay === 0 ? Math.max(fits, 1) : fits);
}

function beginItems(draft: Draft, container: ContainerToken, [next, size]: ItemsToDo, room: number): boolean {
  const until = Math.min(size, next + Math.max(room, 0));
  const keys = Array.from({ length: until - next }, (_, i) => branchKey(container.key, next + i));
  if (keys.length === 0) return false;
  draft.need(keys);
  draft.hold({ ...container, todo: [until, size] });
  draft.send(...keys.map((key) => leaveTurn(draft, key)));
  return true;
}

function leaveTurn(draft: Draft, key: string): TokenMove {
  const { token } = draft.parked(key)!;
  draft.end(key);
  return { key, to: token.node, carried: carriedBy(token as StepToken) };
}

/** Drops the items that have not begun, because the race is lost. */
function forgo(draft: Draft, { todo: _todo, ...container }: ContainerToken, [next, size]: ItemsToDo): boolean {
  for (let i = next; i < size; i++) draft.drop(branchKey(container.key, i));
  const open = container.open - (size - next);
  if (open > 0) draft.hold({ ...container, open });
  else draft.send({ key: container.key, to: END });
  return open === 0;
}
