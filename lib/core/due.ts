import { type StageNode, stepNamed } from '../definition/graph.js';
import { completeByTime } from './complete.js';
import type { Draft } from './draft.js';
import type { EventOf } from './events.js';
import { failStage, failTry } from './failure.js';
import { isUnder, reminderKey, watchedKey } from './token-key.js';
import type { ContainerToken, ReminderToken, StepToken, Token } from './token.js';
import { asksFirst } from './undo-marks.js';
import { undoAgain, undoTimedOut } from './undo-tries.js';
import { dueAtOf, isUndoWait, type StepWait, type WaitState } from './wait.js';

/** Handles a due time: a timer fires, or a wait has lasted too long. */
export function cameDue(draft: Draft, event: EventOf<'came-due'>): void {
  const wait = draft.parked(event.key);
  const dueAt = wait ? dueAtOf(wait) : null;
  if (!wait || wait.token.run !== event.run || dueAt === null || dueAt > draft.now) return;
  if (wait.waitsFor.kind === 'timer') fire(draft, wait.token);
  else if (isUndoWait(wait)) undoTimedOut(draft, wait.token);
  else timeOut(draft, wait as StepWait);
}

function fire(draft: Draft, token: Token): void {
  if (token.does === 'remind') return overdue(draft, token);
  if (token.does === 'branches') return stageTimedOut(draft, token);
  if (token.does === 'undo') return undoAgain(draft, token);
  const { deadline, completeBy } = token as StepToken;
  if (completeBy !== undefined && completeBy <= draft.now) return completeByTime(draft, token as StepToken);
  // past its deadline the attempt does not start: it has timed out
  if (deadline !== undefined && deadline <= draft.now) return timeOut(draft, { token: token as StepToken, waitsFor: { kind: 'timer', dueAt: deadline } });
  draft.run(token);
  draft.record('timer-fired', token);
}

/** Counts as a failed attempt. An unanswered request is sent again under the same correlation id, if the policy has attempts left. */
function timeOut(draft: Draft, { token, waitsFor }: WaitState & { readonly token: StepToken }): void {
  const node = stepNamed(draft.definition, token.node);
  const error = `nothing came within the time given (${waitsFor.kind})`;
  draft.record('step-timed-out', token, { error });
  const again: StepToken = { ...token, does: asksFirst(node) ? 'request' : 'run' };
  if (waitsFor.kind === 'condition') return failTry(draft, { ...again, outside: true }, error, true);
  failTry(draft, again, error, false);
}

/** Starts the reminder once, while the visit goes on. The overdue mark stays until the visit ends. */
function overdue(draft: Draft, token: ReminderToken): void {
  const { run } = token;
  draft.wait(token, { kind: 'overdue' });
  draft.record('step-overdue', token);
  draft.run({ ...token, key: reminderKey({ key: watchedKey(token.key), run }), since: draft.now });
}

function stageTimedOut(draft: Draft, timer: ContainerToken): void {
  const stage = draft.container(watchedKey(timer.key));
  if (stage?.run !== timer.run) return;
  const node = draft.definition.nodes.get(stage.node) as StageNode;
  const error = 'it took longer than its within';
  draft.drop(timer.key);
  draft.record('step-timed-out', stage, { error });
  if (!isUndoneIn(draft, stage)) failStage(draft, node, stage, stage, error);
}

/** True while something in the stage is being undone. An undo always goes on to its end. */
function isUndoneIn(draft: Draft, { key: above }: Token): boolean {
  return draft.someToken(({ key, does }) => does === 'undo' && isUnder(key, above));
}
