import { type Container, type EachNode, END, isContainer } from '../definition/graph.js';
import { wholeStage } from '../definition/whole-stage.js';
import type { Draft } from './draft.js';
import type { EventOf, TokenPosition } from './events.js';
import { beOver, endFlow, rootKey, startLife } from './flow.js';
import { listenAnew } from './listeners.js';
import { AT_START } from './moves.js';
import { keyOfBranch } from './races.js';
import { branchKey, branchNumber, parentKey } from './token-key.js';
import { carriedBy, type ContainerToken } from './token.js';
import type { TokenMove } from './token-move.js';
import { awaitTurn } from './turns.js';
import { deadlineOf, watchDeadline, watchOverdue } from './watch.js';

/**
 * Begins a new life from an old version: every token enters its old node again, and sends its request again. `root` guards it: of
 * two restarts at once, one applies. Accepted events that were not handled yet are kept, so no message is lost.
 */
export function restarted(draft: Draft, event: EventOf<'restarted'>): void {
  if (event.root !== draft.head.root) return;
  draft.become('running');
  endFlow(draft);
  const oldRoot = [...event.places.keys()].find((key) => parentKey(key) === null);
  startLife(draft);
  draft.makeVersion('', { set: event.values, remove: [] }, { snapshot: event.values });
  draft.record('process-restarted', null, { detail: `from version ${event.version}` });
  listenAnew(draft, mainNodeAt(draft, event.places, oldRoot));
  if (oldRoot === undefined) return endAgain(draft, rootKey(draft));
  const stages: Record<string, readonly [string, number]> = {};
  draft.send(...comeBack(draft, oldRoot, rootKey(draft), { branches: branchesByParent(event.places), places: event.places, stages }));
  if (Object.keys(stages).length > 0) draft.mark({ restarted: stages });
}

/** Where the main flow stood. */
function mainNodeAt({ definition }: Draft, places: ReadonlyMap<string, TokenPosition>, root = ''): string {
  const place = places.get(root);
  const whole = wholeStage(definition);
  const main = whole && place?.node === whole.name ? places.get(branchKey(root, 0)) : place;
  return main?.node ?? END;
}

/** The flow was already over at that version. Recording this in the new life keeps a later restart from finding the old life. */
function endAgain(draft: Draft, key: string): void {
  draft.moved(key);
  beOver(draft, key);
}

function branchesByParent(places: ReadonlyMap<string, TokenPosition>): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const key of places.keys()) {
    const parent = parentKey(key);
    if (parent === null) continue;
    if (found.has(parent)) found.get(parent)!.push(key);
    else found.set(parent, [key]);
  }
  for (const branches of found.values()) branches.sort((a, b) => branchNumber(a) - branchNumber(b)); // the map is in the order of the moves
  return found;
}

/** The old places, and the stages that are brought back. */
interface OldPlaces {
  readonly places: ReadonlyMap<string, TokenPosition>;
  readonly branches: ReadonlyMap<string, readonly string[]>;
  readonly stages: Record<string, readonly [key: string, version: number]>;
}

/** Brings a container back with the branches that were left of it. A step, and a node without branches, is entered again. */
function comeBack(draft: Draft, from: string, key: string, old: OldPlaces): TokenMove[] {
  const { places, branches, stages } = old;
  const place = places.get(from)!;
  const { node: name, version } = place;
  const carried = carriedBy(place);
  const node = draft.definition.nodes.get(name)!;
  if (!isContainer(node) || !branches.has(from)) return [{ key, to: name, carried }];
  const open = branches.get(from)!.length;
  const token: ContainerToken = { ...carried, key, node: name, run: draft.nextRun(), does: 'branches', attempt: 1, since: draft.now, open };
  if (node.kind === 'each') return comeBackToItems(draft, node, token, branches.get(from)!, old);
  if (node.kind === 'stage' && version !== undefined) stages[key] = [from, version]; // a later undo must still cover what was done in it
  draft.moved(key, name);
  draft.hold(opened(draft, node, token));
  return branches.get(from)!.flatMap((branch, i) => comeBack(draft, branch, keyOfBranch(node, token, i), old));
}

function opened(draft: Draft, node: Container, token: ContainerToken): ContainerToken {
  if (node.kind !== 'stage') return token;
  const deadline = deadlineOf(draft, node, token);
  const stage: ContainerToken = { ...token, ...(typeof deadline === 'number' && { deadline }) };
  watchDeadline(draft, stage);
  watchOverdue(draft, node, stage);
  return stage;
}

/** Brings items with branches of their own back at once. The others wait for their turn, first those that had left the start. */
function comeBackToItems(draft: Draft, node: EachNode, token: ContainerToken, keys: readonly string[], old: OldPlaces): TokenMove[] {
  const { places, branches } = old;
  const order = (key: string) => (branches.has(key) ? 0 : hasLeft(node, places.get(key)!) ? 1 : 2);
  const inTurn = keys.toSorted((a, b) => order(a) - order(b));
  const begun = inTurn.filter((key) => order(key) === 0);
  const items = inTurn.map((key) => places.get(key)!);
  draft.moved(token.key, token.node, items.map(({ item = null }) => item), items.map(({ index }) => index!)); // prettier-ignore
  draft.hold({ ...token, todo: [begun.length, keys.length] });
  for (const [i, item] of items.entries()) if (i >= begun.length) comeInTurn(draft, node, token, i, item);
  return begun.flatMap((from, i) => comeBack(draft, from, branchKey(token.key, i), old));
}

function hasLeft({ body }: EachNode, { node }: TokenPosition): boolean {
  return node !== AT_START && node !== body;
}

function comeInTurn(draft: Draft, each: EachNode, token: ContainerToken, i: number, { node, version: _version, ...carried }: TokenPosition): void {
  const left = hasLeft(each, { node });
  awaitTurn(draft, left ? node : each.body, token.key, i, carried);
  if (left) draft.moved(branchKey(token.key, i), node);
}
