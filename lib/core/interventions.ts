/** What workers and people do to a process, beside running its steps. */
import { type Node, stepNamed } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { attemptAnew, timeAnew } from './enter.js';
import type { EventOf } from './events.js';
import { failToken } from './failed-token.js';
import { edgeOf, proceed } from './flow.js';
import { isUnclaimed, UNCLAIMED } from './process.js';
import { MAX_CRASHES } from './retry.js';
import {
  type BodyToken,
  carriedBy,
  type ContainerToken,
  isActive,
  isBeside,
  isEventToken,
  isStepToken,
  type StepToken,
  type Token,
  undoesAll,
  hasFailed,
} from './token.js';
import { isTaskWait, type WaitState } from './wait.js';
import { letEnd, undo } from './undo.js';
import { watchDeadline } from './watch.js';

/* ---------------------------------------------------------------- what workers do ---- */

/** Something in it can run, and no worker had it. */
export function claimed(draft: Draft): void {
  if (!isUnclaimed(draft.head.worker) || draft.claimant === null) return;
  draft.claim();
  draft.record('process-claimed');
}

/**
 * Its worker is gone, and what it ran runs again. A step that takes its worker with it time and again is left to a person. While
 * the process is suspended or failed nothing starts, so no worker takes it and no crash is counted.
 */
export function workerLost(draft: Draft, event: EventOf<'worker-lost'>): void {
  if (draft.head.worker !== event.worker) return;
  const runs = draft.head.status === 'running';
  draft.head.worker = runs ? (draft.claimant ?? UNCLAIMED) : null;
  draft.head.claim++;
  draft.record('process-recovered', null, { reason: `worker ${event.worker} has not been heard of` });
  if (runs) for (const token of draft.allTokens()) if (isActive(token)) survive(draft, token, (next) => draft.run(next));
}

export function taskLost(draft: Draft, event: EventOf<'task-lost'>): void {
  const wait = draft.parked(event.key);
  if (!isTaskWait(wait) || wait.token.run !== event.run || wait.waitsFor.worker !== event.worker) return;
  draft.record('task-recovered', wait.token, { reason: `worker ${event.worker} has not been heard of` });
  const token: StepToken = { ...wait.token, claims: (wait.token.claims ?? 0) + 1 };
  survive(draft, token, (next) => draft.wait(next, { ...wait.waitsFor, worker: null, readyAt: draft.now }));
}

function survive(draft: Draft, token: BodyToken, goOn: (next: BodyToken) => void): void {
  const crashes = (token.crashes ?? 0) + 1;
  const next: BodyToken = { ...token, crashes, attempt: token.attempt + 1 };
  if (crashes < MAX_CRASHES) goOn(next);
  else if (token.does === 'remind') draft.end(token.key);
  else failToken(draft, next, `crashed: its worker died ${crashes} times in this step`);
}

/* ---------------------------------------------------------------- what people do ---- */

export function suspended(draft: Draft): void {
  if (draft.head.status === 'suspended') return;
  draft.become('suspended', draft.given.reason ?? null);
  draft.record('process-suspended');
}

export function resumed(draft: Draft): void {
  if (draft.head.status !== 'suspended') return;
  draft.become('waiting');
  draft.record('process-resumed');
}

export function cancelled(draft: Draft, event: EventOf<'cancelled'>): void {
  const reason = draft.given.reason ?? null;
  if (event.compensate) undo(draft, { under: null, ending: { cancel: reason } }, reason);
  else draft.finish('cancelled', reason);
}

/** Its parent needs it no more. If it is being undone, it ends by itself after that: cut off, part of its effects would stay. */
export function orphaned(draft: Draft): void {
  if (draft.someToken(undoesAll)) return;
  draft.finish('cancelled', `process ${draft.head.parent?.id}, which started it, was cancelled or does not wait for it any more`);
}

/** A new attempt for what has failed, with the message it had. */
export function retried(draft: Draft, event: EventOf<'retried'>): void {
  const failed = draft.allTokens().filter((token) => hasFailed(token) && (!event.step || token.node === event.step));
  if (failed.length === 0) return;
  draft.record('process-retried', null, { step: event.step ?? null });
  for (const token of failed) forgive(draft, token);
}

function forgive(draft: Draft, token: Token): void {
  const { fault: _fault, ...visit } = token as Token & { crashes?: number };
  delete visit.crashes;
  if (visit.does === 'undo') return draft.run({ ...visit, attempt: visit.attempt + 1 });
  if (visit.does === 'branches') return forgiveContainer(draft, visit);
  if (isStepToken(visit)) attemptAnew(draft, stepNamed(draft.definition, visit.node), visit);
}

/** It could not be opened, and is entered again; or it took too long, and has its time once more. */
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

/** A person lets it pass, with the values it would have brought. What it waited for comes too late. */
export function skipped(draft: Draft, event: EventOf<'skipped'>): void {
  const wait = draft.token(event.key)?.parked === undefined && draft.token(event.key) ? undefined : draft.parked(event.key);
  const token = wait?.token ?? draft.token(event.key);
  const node = token && draft.definition.nodes.get(token.node);
  if (!token || token.run !== event.run || node?.kind !== 'step' || !canPass(token, wait)) return;
  draft.end(token.key);
  draft.makeVersion(token.node, event.patch);
  draft.record('step-skipped', token, event.branch === undefined ? {} : { detail: event.branch });
  goPast(draft, token, node, event.branch);
}

/** It is a visit, and its body does not run: neither here nor as a task. */
function canPass(token: Token, wait: WaitState | undefined): boolean {
  const isRunning = wait === undefined ? isActive(token) : isTaskWait(wait) && wait.waitsFor.worker !== null;
  return !isRunning && token.run > 0 && (isEventToken(token) || !isBeside(token));
}

/** An event that is let pass turns the process nowhere. */
function goPast(draft: Draft, token: Token, node: Node, branch: string | undefined): void {
  if ('last' in token && token.last) letEnd(draft, token);
  else if (!isEventToken(token)) proceed(draft, token, edgeOf(node, branch), draft.head.contextVersion);
}
