import { type Container, type EachNode, isContainer } from '../definition/graph.js';
import type { Draft } from './draft.js';
import type { EventOf, Standing } from './events.js';
import { beOver, rootKey, startLife } from './flow.js';
import { AT_START } from './moves.js';
import { parentKey } from './keys.js';
import { isFinished, isEventToken, type Token } from './process.js';
import { branchKey } from './races.js';
import { type TokenMove, carriedOf } from './tokens.js';
import { awaitTurn } from './turns.js';
import { deadlineOf, watchDeadline, watchOverdue } from './watch.js';

/**
 * A new life from an old version: every token re-enters the node it stood at, and asks anew. `root` fences it: of two
 * restarts at once, one applies. Accepted events that were not handled yet are kept: no message is lost.
 */
export function restarted(draft: Draft, event: EventOf<'restarted'>): void {
  if (event.root !== draft.head.root) return;
  if (isFinished(draft.head.status) || draft.head.status === 'suspended') draft.become('running');
  draft.removeAll(isEventToken);
  const oldRoot = [...event.places.keys()].find((key) => parentKey(key) === null);
  startLife(draft);
  draft.makeVersion('', { set: event.values, remove: [] }, { snapshot: event.values });
  draft.record('process-restarted', { detail: `from version ${event.version}` });
  if (oldRoot === undefined) return endAgain(draft, rootKey(draft));
  const stages: Record<string, readonly [string, number]> = {};
  draft.send(...comeBack(draft, oldRoot, rootKey(draft), { branches: branchesByParent(event.places), places: event.places, stages }));
  if (Object.keys(stages).length > 0) draft.mark({ restarted: stages });
}

/** The flow was over, and an accepted event is still to be handled. A restart from here must not find the life before. */
function endAgain(draft: Draft, key: string): void {
  draft.moved(key);
  beOver(draft, key);
}

function branchesByParent(places: ReadonlyMap<string, Standing>): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const key of places.keys()) {
    const parent = parentKey(key);
    if (parent === null) continue;
    if (found.has(parent)) found.get(parent)!.push(key);
    else found.set(parent, [key]);
  }
  for (const branches of found.values()) branches.sort((a, b) => placeOf(a) - placeOf(b)); // those that moved last stand last
  return found;
}

/** Which branch of its container it is. */
function placeOf(key: string): number {
  return Number(/\d+$/.exec(key)![0]);
}

/** What stood there, and which stages of it stand again. */
interface Before {
  readonly places: ReadonlyMap<string, Standing>;
  readonly branches: ReadonlyMap<string, readonly string[]>;
  readonly stages: Record<string, readonly [key: string, version: number]>;
}

/** A container stands again around what is left of its branches; a step, and what passes at once, is entered. */
function comeBack(draft: Draft, from: string, key: string, before: Before): TokenMove[] {
  const { places, branches, stages } = before;
  const place = places.get(from)!;
  const { node: name, version } = place;
  const carried = carriedOf(place);
  const node = draft.definition.nodes.get(name)!;
  if (!isContainer(node) || !branches.has(from)) return [{ key, to: name, carried }];
  const token: Token = { ...carried, key, node: name, run: draft.nextRun(), does: 'branches', attempt: 1, since: draft.now };
  if (node.kind === 'each') return comeBackToItems(draft, node, token, branches.get(from)!, before);
  if (node.kind === 'stage' && version !== undefined) stages[key] = [from, version]; // what was done in it is still to be undone
  draft.moved(key, name);
  draft.hold(opened(draft, node, token, branches.get(from)!.length));
  return branches.get(from)!.flatMap((branch, i) => comeBack(draft, branch, branchKey(node, token, i), before));
}

function opened(draft: Draft, node: Container, token: Token, open: number): Token {
  const deadline = node.kind === 'stage' ? deadlineOf(draft, node, token) : undefined;
  const stage: Token = { ...token, open, ...(typeof deadline === 'number' && { deadline }) };
  if (node.kind !== 'stage') return stage;
  watchDeadline(draft, stage);
  watchOverdue(draft, node, stage);
  return stage;
}

/** Items with branches of their own stand again at once; the others wait their turn, those first that had left the start. */
function comeBackToItems(draft: Draft, node: EachNode, token: Token, keys: readonly string[], before: Before): TokenMove[] {
  const { places, branches } = before;
  const stage = (key: string) => (branches.has(key) ? 0 : hasLeft(node, places.get(key)!) ? 1 : 2);
  const inTurn = keys.toSorted((a, b) => stage(a) - stage(b));
  const begun = inTurn.filter((key) => stage(key) === 0);
  const items = inTurn.map((key) => places.get(key)!);
  draft.moved(token.key, token.node, items.map(({ item = null }) => item), items.map(({ index }) => index!)); // prettier-ignore
  draft.hold({ ...token, open: keys.length, todo: [begun.length, keys.length] });
  for (const [i, item] of items.entries()) if (i >= begun.length) comeInTurn(draft, node, token, i, item);
  return begun.flatMap((from, i) => comeBack(draft, from, `${token.key}/${i}`, before));
}

function hasLeft({ body }: EachNode, { node }: Standing): boolean {
  return node !== AT_START && node !== body;
}

function comeInTurn(draft: Draft, each: EachNode, token: Token, i: number, { node, version: _version, ...carried }: Standing): void {
  const left = hasLeft(each, { node });
  awaitTurn(draft, left ? node : each.body, token, i, carried);
  if (left) draft.moved(`${token.key}/${i}`, node);
}
