import { type EachNode, END } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { isActive, type Token, toWait } from './process.js';
import { isLost } from './races.js';
import { type TokenMove, MOST_TOKENS, type CarriedData, carriedOf } from './tokens.js';

/** Below so many bodies under way more items begin, up to the most: items are read by the dozen, not one by one. */
const FEW_TOKENS = MOST_TOKENS / 2;

/** One branch for each item; they wait their turn, each in a row of its own. */
export function holdEach(draft: Draft, node: EachNode, container: Token, items: readonly CarriedData[]): void {
  items.forEach((carried, i) => awaitTurn(draft, node.body, container, i, carried));
  draft.hold({ ...container, open: items.length, todo: [0, items.length] });
}

export function awaitTurn(draft: Draft, node: string, { key }: Token, i: number, carried: CarriedData): void {
  const token: Token = { ...carried, key: `${key}/${i}`, node, run: 0, does: 'run', attempt: 1, since: draft.now };
  draft.park(toWait(token, 'turn', {}));
}

/** Lets items begin where there is room for them. True: some have. */
export function giveTurns(draft: Draft): boolean {
  const begun = draft
    .withTurns()
    .map((container) => (isLost(draft, container.key) ? forgo(draft, container) : begin(draft, container, roomIn(draft, container))));
  return begun.some(Boolean);
}

/** As its node says; left alone, as many as fit into the process row. One at least, or it would never go on. */
function roomIn(draft: Draft, { node, open, todo }: Token): number {
  const { concurrency } = draft.definition.nodes.get(node) as EachNode;
  const underWay = open! - (todo![1] - todo![0]);
  const inRow = draft.allTokens().filter(isActive).length;
  const fits = inRow > FEW_TOKENS ? 0 : MOST_TOKENS - inRow;
  return Math.min(concurrency === undefined ? Infinity : concurrency - underWay, underWay === 0 ? Math.max(fits, 1) : fits);
}

function begin(draft: Draft, container: Token, room: number): boolean {
  const [next, size] = container.todo!;
  const until = Math.min(size, next + Math.max(room, 0));
  const keys = Array.from({ length: until - next }, (_, i) => `${container.key}/${next + i}`);
  if (keys.length === 0) return false;
  draft.need(keys);
  draft.hold({ ...container, todo: [until, size] });
  draft.send(...keys.map((key) => journeyOf(draft, key)));
  return true;
}

function journeyOf(draft: Draft, key: string): TokenMove {
  const token = draft.parked(key)!;
  draft.remove(key);
  return { key, to: token.node, carried: carriedOf(token) };
}

/** Its race is lost: those that have not begun do not. */
function forgo(draft: Draft, { todo, ...container }: Token): boolean {
  const [next, size] = todo!;
  for (let i = next; i < size; i++) draft.drop(`${container.key}/${i}`);
  const open = container.open! - (size - next);
  if (open > 0) draft.hold({ ...container, open });
  else draft.remove(container.key);
  if (open === 0) draft.send({ key: container.key, to: END });
  return open === 0;
}
