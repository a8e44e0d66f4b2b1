import { type Node, stepNamed } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { attemptAnew, timeAnew } from './enter.js';
import type { EventOf } from './events.js';
import { about, failFor } from './fail-token.js';
import { edgeOf, proceed } from './flow.js';
import { toToken, UNCLAIMED, isActive, isBeside, isEventToken, type Token, type WaitState } from './process.js';
import { MAX_CRASHES } from './retry.js';
import { ended, undo } from './undo.js';
import { watchDeadline } from './watch.js';
import { carriedOf } from './tokens.js';

/* ---------------------------------------------------------------- what workers do ---- */

/** Nobody held it, and it can run. */
export function claimed(draft: Draft): void {
  if (draft.head.worker !== UNCLAIMED || draft.given.by === null) return;
  Object.assign(draft.head, { worker: draft.given.by, claim: draft.head.claim + 1 });
  draft.record('process-claimed');
}

/**
 * Its worker is gone. What it ran runs again; a step that takes its worker with it time and again is left to a person. While
 * the process is suspended or failed nothing starts, so nobody takes it and no death is laid at a step's door.
 */
export function workerLost(draft: Draft, event: EventOf<'worker-lost'>): void {
  if (draft.head.worker !== event.worker) return;
  const runs = draft.head.status === 'running';
  Object.assign(draft.head, { worker: runs ? (draft.given.by ?? UNCLAIMED) : null, claim: draft.head.claim + 1 });
  draft.record('process-recovered', { reason: `worker ${event.worker} has not been heard of` });
  if (!runs) return;
  for (const token of draft.allTokens().filter(isActive)) survive(draft, token, (next) => draft.place(next));
}

export function taskLost(draft: Draft, event: EventOf<'task-lost'>): void {
  const wait = draft.parked(event.key);
  if (!wait || wait.run !== event.run || wait.worker !== event.worker) return;
  draft.record('task-recovered', { ...about(wait), reason: `worker ${event.worker} has not been heard of` });
  const claim = wait.claim + 1;
  survive(draft, toToken({ ...wait, claim }), (next) => draft.park({ ...wait, ...next, worker: null, claim, readyAt: draft.now }));
}

function survive(draft: Draft, token: Token, goOn: (next: Token) => void): void {
  const crashes = (token.crashes ?? 0) + 1;
  const next = { ...token, crashes, attempt: token.attempt + 1 };
  if (crashes < MAX_CRASHES) goOn(next);
  else if (token.does === 'remind') draft.remove(token.key);
  else failFor(draft, next, `crashed: its worker died ${crashes} times in this step`);
}

/* ---------------------------------------------------------------- what people do ---- */

export function suspended(draft: Draft, event: EventOf<'suspended'>): void {
  if (draft.head.status === 'suspended') return;
  draft.become('suspended', event.reason ?? null);
  draft.record('process-suspended');
}

export function resumed(draft: Draft): void {
  if (draft.head.status !== 'suspended') return;
  draft.become('waiting');
  draft.record('process-resumed');
}

export function cancelled(draft: Draft, event: EventOf<'cancelled'>): void {
  const reason = event.reason ?? null;
  if (event.compensate) undo(draft, { under: null, ending: { cancel: reason } }, reason);
  else draft.finish('cancelled', reason);
}

/** A new attempt for what failed, with the message it had. */
export function retried(draft: Draft, event: EventOf<'retried'>): void {
  const failed = draft.allTokens().filter((token) => token.fault !== undefined && (!event.step || token.node === event.step));
  if (failed.length === 0) return;
  draft.record('process-retried', { step: event.step ?? null });
  for (const token of failed) forgive(draft, token);
}

function forgive(draft: Draft, token: Token): void {
  const { fault: _fault, crashes: _crashes, ...visit } = token;
  if (token.does === 'undo') return draft.place({ ...visit, attempt: token.attempt + 1 });
  if (token.does === 'branches') return forgiveContainer(draft, visit);
  attemptAnew(draft, stepNamed(draft.definition, token.node), visit);
}

/** It could not be opened, and is entered again; or it has taken too long, and has its time once more. */
function forgiveContainer(draft: Draft, visit: Token): void {
  if (visit.outside) return reenter(draft, visit);
  const again = { ...visit, ...timeAnew(visit, draft.now) };
  draft.place(again);
  watchDeadline(draft, again);
}

function reenter(draft: Draft, token: Token): void {
  draft.remove(token.key);
  draft.send({ key: token.key, to: token.node, carried: carriedOf(token) });
}

/** A person lets it pass, with the values it would have brought. What it waited for comes too late. */
export function skipped(draft: Draft, event: EventOf<'skipped'>): void {
  const token = draft.token(event.key) ?? draft.parked(event.key);
  const node = token && draft.definition.nodes.get(token.node);
  if (!token || token.run !== event.run || node?.kind !== 'step' || !canPass(token)) return;
  draft.remove(token.key);
  draft.makeVersion(token.node, event.patch);
  draft.record('step-skipped', { ...about(token), ...(event.branch !== undefined && { detail: event.branch }) });
  passOver(draft, 'kind' in token ? toToken(token as WaitState) : token, node, event.branch);
}

/** It is a visit, and its body is not running: neither here, nor as a task. */
function canPass(token: Token): boolean {
  const isTaken = 'kind' in token && (token as WaitState).worker !== null;
  return !isActive(token) && !isTaken && token.run > 0 && (isEventToken(token) || !isBeside(token));
}

/** An event that is let pass turns the process nowhere. */
function passOver(draft: Draft, token: Token, node: Node, branch: string | undefined): void {
  if (token.last) ended(draft, token);
  else if (!isEventToken(token)) proceed(draft, token, edgeOf(node, branch), draft.head.contextVersion);
}
