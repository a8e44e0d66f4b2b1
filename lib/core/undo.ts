import type { StageNode } from '../definition/graph.js';
import type { Draft } from './draft.js';
import type { EventOf } from './events.js';
import { about, leaveOut } from './fail-token.js';
import { proceed, rootKey } from './flow.js';
import { isUnder } from './keys.js';
import { isActive, isEventToken, type Token, type Undoing, type WaitState } from './process.js';
import { branchOf } from './races.js';
import { unwatch } from './watch.js';

/**
 * A saga: what was done is undone, last first. What a worker is at in this moment ends first, and counts as done; nothing else
 * starts. Which visits there are to undo stands in the history; each is one body, and one version.
 */
export function undo(draft: Draft, undoing: Undoing, cause: string | null): void {
  const above = undoing.under;
  const stage = above === null ? undefined : draft.container(above)!;
  const node = stage?.node ?? '';
  const inRow = draft.allTokens().filter(({ idle }) => !idle);
  const underWay = [...inRow, ...draft.allParked()].filter((token) => isUnderWay(token) && (!stage || isIn(token.key, branchOf(stage))));
  if (!stage) draft.removeAll(isEventToken);
  else draft.removeBranch(branchOf(stage));
  if (stage) unwatch(draft, stage);
  for (const token of underWay) letEnd(draft, token);
  if (draft.head.status === 'suspended') draft.become('running');
  const token: Token = {
    key: `${above ?? rootKey(draft)}~u`,
    node,
    run: draft.nextRun(),
    does: 'undo',
    attempt: 1,
    since: draft.now,
    undo: { ...undoing, ...(stage && { since: stage.run }) },
  };
  draft.place({ ...token, key: `${token.key}${token.run}`, open: underWay.length });
  draft.record('compensation-started', { ...(node !== '' && { step: node }), run: token.run, error: cause });
}

function isIn(key: string, branch: string): boolean {
  return key === branch || isUnder(key, branch);
}

/** A step's body is running, here or as a task. */
function isUnderWay(token: Token | WaitState): boolean {
  if (isEventToken(token)) return false;
  if ('kind' in token) return token.kind === 'task' && token.worker !== null;
  return isUndoingNow(token) || (isActive(token) && (token.does === 'run' || token.does === 'request'));
}

/** One visit is being undone, by who was to undo less, or was told to before: nobody else may undo it beside that. */
function isUndoingNow(token: Token): boolean {
  return token.does === 'undo' && isActive(token) && token.open === 0;
}

function letEnd(draft: Draft, token: Token | WaitState): void {
  if ('kind' in token) draft.park({ ...token, last: true });
  else draft.place({ ...token, last: true });
}

/** What is being undone is undone to its end: the process does not complete before, nor, where all is undone, go elsewhere. */
export function isUndoing(draft: Draft): boolean {
  return draft.someToken(({ undo: of }) => of !== undefined);
}

/** It has ended where it was. Who undoes need not wait for it longer. */
export function ended(draft: Draft, token: Token): void {
  draft.remove(token.key);
  const waits = draft.allTokens().find(({ does, last, undo: of }) => does === 'undo' && !last && (of!.under === null || isUnder(token.key, of!.under)));
  if (waits) draft.place({ ...waits, open: waits.open! - 1 });
}

/** It would go on later, where nothing goes on. */
export function endHere(draft: Draft, token: Token): void {
  ended(draft, token);
  draft.record('step-skipped', { ...about(token), reason: 'it was to end where it was' });
}

export function visitUndone(draft: Draft, token: Token, event: EventOf<'visit-undone'>): void {
  draft.makeVersion(event.step, event.patch, { undo: { undone: event.undone } });
  draft.record('step-compensated', { step: event.step, run: event.undone, attempt: token.attempt });
  if (token.last) return ended(draft, token);
  draft.place({ ...token, attempt: token.attempt + 1, undone: event.undone });
}

export function allUndone(draft: Draft, token: Token): void {
  if (token.last) return endHere(draft, token);
  const { under, ending } = token.undo!;
  draft.remove(token.key);
  if (ending !== 'skip') return draft.finish('cancelled', ending.cancel);
  const stage = draft.container(under!)!;
  leaveOut(draft, stage, { reason: 'what was done in it has been undone' });
  proceed(draft, stage, (draft.definition.nodes.get(stage.node) as StageNode).next[0], stage.previous);
}
