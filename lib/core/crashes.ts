/**
 * What becomes of the bodies of a worker that is gone. A death is blamed on a body only if that is certain: after two deaths in its
 * visit a body is a suspect, and runs with no other suspect beside it; only a suspect that ran so when its worker died is counted, and
 * after three such deaths the process waits for a person. Bodies that merely ran on the same worker are never parked.
 */
import type { Draft } from './draft.js';
import type { EventOf } from './events.js';
import { failToken } from './failed-token.js';
import { visitOf } from './outcomes.js';
import { UNCLAIMED } from './process.js';
import { type BodyToken, isActive, isStepToken, type StepToken } from './token.js';
import { isTaskWait } from './wait.js';

/** Deaths of workers in one visit after which its body is a suspect. */
const SUSPECT_AFTER = 2;
/** Deaths while it ran as the only suspect after which the process waits for a person. */
const MOST_BLAMED = 3;

/** It may be what kills its workers, so no other suspect runs beside it. */
export function isSuspect({ crashes = 0 }: BodyToken): boolean {
  return crashes >= SUSPECT_AFTER;
}

/**
 * Its worker is gone, and what it ran runs again. While the process is suspended or failed nothing starts, so no worker takes it and
 * no crash is counted.
 */
export function workerLost(draft: Draft, event: EventOf<'worker-lost'>): void {
  if (draft.head.worker !== event.worker) return;
  const runs = draft.head.status === 'running';
  draft.head.worker = runs ? (draft.claimant ?? UNCLAIMED) : null;
  draft.head.claim++;
  draft.record('process-recovered', null, { reason: whyGone(event) });
  if (runs) for (const token of draft.allTokens()) if (isActive(token)) recover(draft, token, event, (next) => draft.run(next));
}

export function taskLost(draft: Draft, event: EventOf<'task-lost'>): void {
  const wait = draft.parked(event.key);
  if (!isTaskWait(wait) || wait.token.run !== event.run || wait.waitsFor.worker !== event.worker) return;
  draft.record('task-recovered', wait.token, { reason: whyGone(event) });
  const token: StepToken = { ...wait.token, claims: (wait.token.claims ?? 0) + 1 };
  recover(draft, token, event, (next) => draft.wait(next, { ...wait.waitsFor, worker: null, readyAt: draft.now }));
}

/** Its turn has come, and its body begins: what kills the worker from now on is this body. */
export function suspectBegan(draft: Draft, event: EventOf<'suspect-began'>): void {
  const token = visitOf(draft, event);
  if (!token || !isSuspect(token)) return;
  draft.record('step-isolated', token, { reason: `its worker died ${token.crashes} times in this step: it runs with no other suspect beside it` });
  const next: BodyToken = { ...token, alone: token.attempt };
  const wait = event.taskOf === undefined ? undefined : draft.parked(event.key);
  if (isTaskWait(wait)) draft.wait(next, wait.waitsFor);
  else draft.run(next);
}

type LostEvent = EventOf<'worker-lost' | 'task-lost'>;

function whyGone({ worker, graceful }: LostEvent): string {
  return graceful ? `worker ${worker} was shut down` : `worker ${worker} has not been heard of`;
}

function recover(draft: Draft, token: BodyToken, event: LostEvent, goOn: (next: BodyToken) => void): void {
  const isAlone = token.alone === token.attempt;
  if (event.graceful || (isSuspect(token) && !isAlone)) return goOn(withoutBlame(token)); // a suspect that has not begun
  const next: BodyToken = { ...token, crashes: (token.crashes ?? 0) + 1, attempt: token.attempt + 1, ...(isAlone && { blamed: (token.blamed ?? 0) + 1 }) };
  if ((next.blamed ?? 0) < MOST_BLAMED) goOn(next);
  else if (token.does === 'remind') draft.end(token.key);
  else failToken(draft, next, `crashed: its worker died ${next.crashes} times in this step, ${next.blamed} times while no other suspect ran beside it`);
}

/** Its next attempt does not count as one that failed. */
function withoutBlame(token: BodyToken): BodyToken {
  const next = { ...token, attempt: token.attempt + 1 };
  return isStepToken(next) ? { ...next, forgiven: (next.forgiven ?? 0) + 1 } : next;
}
