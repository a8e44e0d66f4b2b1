/** Actions of workers and people on a process, besides running its steps. */
import { type StepNode, stepNamed } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { attemptAnew, timeAnew } from './enter.js';
import type { EventOf } from './events.js';
import { edgeOf, proceed } from './flow.js';
import { listenAgain } from './listeners.js';
import { isUnclaimed } from './process.js';
import {
  carriedBy,
  type ContainerToken,
  isActive,
  isBeside,
  isEventToken,
  isStepToken,
  type Token,
  undoesAll,
  hasAsked,
  hasFailed,
  type UndoToken,
} from './token.js';
import { isTaskWait, type WaitState } from './wait.js';
import { letEnd, undo } from './undo.js';
import { watchDeadline } from './watch.js';

/* ---------------------------------------------------------------- what workers do ---- */

/** A worker claims a process that no worker had. The record alone is enough: who changes such a process takes it. */
export function claimed(draft: Draft): void {
  if (!isUnclaimed(draft.head.worker) || draft.head.status !== 'running' || draft.claimant === null) return;
  draft.record('process-claimed');
}

/* ---------------------------------------------------------------- what people do ---- */

export function suspended(draft: Draft): void {
  if (draft.head.status === 'suspended') return;
  draft.become('suspended', draft.given.reason);
  draft.record('process-suspended');
}

export function resumed(draft: Draft): void {
  if (draft.head.status !== 'suspended') return;
  draft.become('waiting');
  draft.record('process-resumed');
}

export function cancelled(draft: Draft, event: EventOf<'cancelled'>): void {
  const reason = draft.given.reason ?? null;
  const begun = draft.allTokens().find(awaitsUndoing);
  if (!event.compensate) draft.finish('cancelled', reason);
  else if (begun) goOnUndoing(draft, begun, reason);
  else undo(draft, { under: null, ending: { cancel: reason } }, reason);
}

/** Asked for once more, under an id of another undo, it might be done twice. */
function goOnUndoing(draft: Draft, { run }: Token, reason: string | null): void {
  draft.record('compensation-started', null, { run, error: reason });
  resumed(draft);
}

/** Everything is being undone, and the undoing that was asked for has no answer yet, or has one that is being used. */
function awaitsUndoing(token: Token): boolean {
  return token.does === 'undo' && undoesAll(token) && !hasFailed(token) && hasAsked(token);
}

/** Cancels a child that its parent no longer needs. A child that undoes everything ends by itself; cancelled now, it would keep some effects. */
export function orphaned(draft: Draft): void {
  if (draft.someToken(undoesAll)) return;
  draft.finish('cancelled', `process ${draft.head.parent?.id}, which started it, was cancelled or does not wait for it any more`);
}

/** Starts a new attempt of each failed token, with the message it had. */
export function retried(draft: Draft, event: EventOf<'retried'>): void {
  const failed = draft.allTokens().filter((token) => hasFailed(token) && (!event.step || token.node === event.step));
  if (failed.length === 0) return;
  draft.record('process-retried', null, { step: event.step ?? null });
  for (const token of failed) forgive(draft, token);
}

function forgive(draft: Draft, token: Token): void {
  const { fault: _fault, ...visit } = token as Token & { crashes?: number; blamed?: number };
  delete visit.crashes;
  delete visit.blamed;
  if (visit.does === 'undo') return forgiveUndo(draft, visit);
  if (visit.does === 'branches') return forgiveContainer(draft, visit);
  if (isStepToken(visit)) attemptAnew(draft, stepNamed(draft.definition, visit.node), visit);
}

function forgiveUndo(draft: Draft, visit: UndoToken): void {
  draft.run({ ...visit, attempt: visit.attempt + 1, ...(visit.tried && { tried: { ...visit.tried, failed: 0 } }) });
}

/** Enters a container again that could not be opened. One that took too long gets its time limit again. */
function forgiveContainer(draft: Draft, visit: ContainerToken): void {
  if (visit.outside) return reenter(draft, visit);
  const again = { ...visit, ...timeAnew(visit, draft.now) };
  draft.run(again);
  watchDeadline(draft, again);
}

function reenter(draft: Draft, token: ContainerToken): void {
  draft.end(token.key);
  draft.send({ key: token.key, to: token.node, carried: carriedBy(token) });
}

/** Skips a visit, with the values it would have brought. A message that it waited for now comes too late. */
export function skipped(draft: Draft, event: EventOf<'skipped'>): void {
  const wait = draft.parked(event.key);
  const token = wait?.token ?? draft.token(event.key);
  const node = token && draft.definition.nodes.get(token.node);
  if (!token || token.run !== event.run || node?.kind !== 'step' || !canPass(token, wait)) return;
  draft.end(token.key);
  draft.makeVersion(token.node, event.patch);
  draft.record('step-skipped', token, event.branch === undefined ? {} : { detail: event.branch });
  goPast(draft, token, node, event.branch);
}

/** True for a visit whose body runs neither in the process nor as a task. */
function canPass(token: Token, wait: WaitState | undefined): boolean {
  const isRunning = wait === undefined ? isActive(token) : isTaskWait(wait) && wait.waitsFor.worker !== null;
  return !isRunning && token.run > 0 && (isEventToken(token) || !isBeside(token));
}

/** Goes on after the skipped step. A skipped event moves no other token. */
function goPast(draft: Draft, token: Token, node: StepNode, branch: string | undefined): void {
  if ('last' in token && token.last) letEnd(draft, token);
  else if (!isEventToken(token)) {
    listenAgain(draft, node);
    proceed(draft, token, edgeOf(node, branch), draft.head.contextVersion);
  }
}
