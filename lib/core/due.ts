import { type StageNode, stepNamed } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { asksFirst } from './enter.js';
import type { EventOf } from './events.js';
import { fail, failStage } from './failure.js';
import { about } from './fail-token.js';
import { isUnder } from './keys.js';
import { toToken, type Token, type WaitState } from './process.js';
import { deadlineKey } from './watch.js';

/** A moment has come: a timer fires, or something that was waited for did not come in time. */
export function cameDue(draft: Draft, event: EventOf<'came-due'>): void {
  const wait = draft.parked(event.key);
  if (!wait || wait.run !== event.run || wait.dueAt === null || wait.dueAt > draft.now) return;
  if (wait.kind !== 'timer') return timeOut(draft, wait, event.random);
  if (wait.does === 'remind') return overdue(draft, wait);
  if (wait.does === 'branches') return stageTimedOut(draft, wait);
  if (wait.deadline !== undefined && wait.deadline <= draft.now) return timeOut(draft, wait, event.random); // it asks so often, but no longer
  draft.place(toToken(wait));
  draft.record('timer-fired', about(wait));
}

/** A failed attempt: an unanswered request is made again under the same correlation id, if the policy has tries left. */
function timeOut(draft: Draft, wait: WaitState, random: number): void {
  const node = stepNamed(draft.definition, wait.node);
  const error = `nothing came within the time given (${wait.kind})`;
  draft.record('step-timed-out', { ...about(wait), error });
  const again: Token = { ...toToken(wait), does: asksFirst(node) ? 'request' : 'run' };
  if (wait.kind === 'condition') return fail(draft, { ...again, outside: true }, error, null);
  fail(draft, again, error, random);
}

/** The visit goes on; somebody is told, once. Its mark stays as long as the visit. */
function overdue(draft: Draft, wait: WaitState): void {
  const visit = keyOfVisit(wait);
  draft.park({ ...wait, kind: 'overdue', dueAt: null });
  draft.record('step-overdue', about(wait));
  draft.place({ ...toToken(wait), key: `${visit}~r${wait.run}`, does: 'remind', since: draft.now });
}

/** The part of a watcher's key that names the visit it watches over. */
function keyOfVisit({ key }: WaitState): string {
  return key.slice(0, key.lastIndexOf('~'));
}

function stageTimedOut(draft: Draft, wait: WaitState): void {
  const stage = draft.container(keyOfVisit(wait));
  if (stage?.run !== wait.run) return;
  const node = draft.definition.nodes.get(stage.node) as StageNode;
  const error = 'it took longer than its within';
  draft.drop(deadlineKey(stage));
  draft.record('step-timed-out', { ...about(stage), error });
  if (!isUndoneIn(draft, stage)) failStage(draft, node, stage, stage, error);
}

/** What is being undone in it is undone to its end, however long that takes. */
function isUndoneIn(draft: Draft, { key: above }: Token): boolean {
  return draft.someToken(({ key, undo: of }) => of !== undefined && isUnder(key, above));
}
