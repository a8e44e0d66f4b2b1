import { stepNamed } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { about, beOver, enter, failFor, meetCondition, newVisit, rootKey, startLife, tryAgain } from './enter.js';
import type { EventOf } from './events.js';
import { awake, FREE, isActive, isFinished, isMail, type Token } from './process.js';
import { timeAnew } from './outcomes.js';
import { MAX_CRASHES } from './retry.js';

/* ---------------------------------------------------------------- what workers do ---- */

/** Nobody held it, and it can run. */
export function claimed(draft: Draft): void {
  if (draft.head.worker !== FREE || draft.given.by === null) return;
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
  Object.assign(draft.head, { worker: runs ? (draft.given.by ?? FREE) : null, claim: draft.head.claim + 1 });
  draft.record('process-recovered', { reason: `worker ${event.worker} has not been heard of` });
  if (!runs) return;
  for (const token of draft.allTokens().filter(isActive)) survive(draft, token, (next) => draft.place(next));
}

export function taskLost(draft: Draft, event: EventOf<'task-lost'>): void {
  const wait = draft.parked(event.key);
  if (!wait || wait.run !== event.run || wait.worker !== event.worker) return;
  draft.record('task-recovered', { ...about(wait), reason: `worker ${event.worker} has not been heard of` });
  const claim = wait.claim + 1;
  survive(draft, awake({ ...wait, claim }), (next) => draft.park({ ...wait, ...next, worker: null, claim, readyAt: draft.now }));
}

function survive(draft: Draft, token: Token, goOn: (next: Token) => void): void {
  const crashes = (token.crashes ?? 0) + 1;
  const next = { ...token, crashes, attempt: token.attempt + 1 };
  if (crashes < MAX_CRASHES) goOn(next);
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
  draft.finish('cancelled', event.reason ?? null);
  draft.record('process-cancelled');
}

/** A new attempt for what failed, with the message it had. */
export function retried(draft: Draft, event: EventOf<'retried'>): void {
  const failed = draft.allTokens().filter((token) => token.fault !== undefined && (!event.step || token.node === event.step));
  if (failed.length === 0) return;
  draft.record('process-retried', { step: event.step ?? null });
  for (const token of failed) forgive(draft, token);
}

function forgive(draft: Draft, token: Token): void {
  const node = stepNamed(draft.definition, token.node);
  const { fault: _fault, crashes: _crashes, outside, ...visit } = token;
  const tries = { attempt: token.attempt + 1, forgiven: token.attempt };
  if (outside && token.message === undefined) return meetCondition(draft, node, { ...newVisit(draft, node, token.key, token.run), ...tries });
  tryAgain(draft, node, { ...visit, ...tries, since: draft.now, ...timeAnew(token, draft.now) }, draft.now);
}

/**
 * A new life from an old version: every token re-enters the node it stood at, and asks anew. `root` fences it: of two
 * restarts at once, one applies. Accepted events that were not handled yet are kept: no message is lost.
 */
export function restarted(draft: Draft, event: EventOf<'restarted'>): void {
  if (event.root !== draft.head.root) return;
  if (isFinished(draft.head.status) || draft.head.status === 'suspended') draft.become('running');
  draft.removeAll(isMail);
  startLife(draft);
  draft.makeVersion('', { set: event.values, remove: [] }, event.values);
  draft.record('process-restarted', { detail: `from version ${event.version}` });
  if (event.places.size === 0) beOver(draft, rootKey(draft));
  for (const [key, node] of event.places) reenter(draft, key, node, event.places);
}

function reenter(draft: Draft, oldKey: string, name: string, places: ReadonlyMap<string, string>): void {
  const key = oldKey.replace(/^\d+/, rootKey(draft));
  const node = draft.definition.nodes.get(name)!;
  if (node.kind === 'step') return enter(draft, key, name);
  const open = [...places.keys()].filter((other) => other.startsWith(`${oldKey}/`) && !other.slice(oldKey.length + 1).includes('/')).length;
  draft.moved(key, name);
  draft.place({ key, node: name, run: draft.nextRun(), does: 'branches', attempt: 1, since: draft.now, open });
}
