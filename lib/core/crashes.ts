/**
 * Recovers the bodies of a worker that is gone. After two deaths in its visit a body is a suspect, and runs beside few other suspects.
 * After one more death it runs with no other suspect beside it. Only deaths during such a run are blamed on it, and after four the process
 * waits for a person: a body that is not a suspect yet may have been the cause of one or two of them. A body that ends by itself is
 * cleared. So bodies that merely ran on the same worker go on.
 */
import type { Draft } from './draft.js';
import type { EventOf } from './events.js';
import { failToken } from './failed-token.js';
import { visitOf } from './outcomes.js';
import { UNCLAIMED } from './process.js';
import { runnable } from './runnable.js';
import { besideIt, isSuspect, runsAlone } from './suspicion.js';
import { type BodyToken, isActive, isStepToken, type StepToken } from './token.js';
import { isTaskWait } from './wait.js';

/** After so many deaths while it ran as the only suspect, the process waits for a person. */
const MOST_BLAMED = 4;

/**
 * Starts the bodies of a lost worker again. While the process is suspended or failed nothing starts, so no worker takes it and no
 * crash is counted.
 */
export function workerLost(draft: Draft, event: EventOf<'worker-lost'>): void {
  if (draft.head.worker !== event.worker) return;
  const runs = draft.head.status === 'running';
  draft.head.worker = runs ? (draft.claimant ?? UNCLAIMED) : null;
  draft.head.claim++;
  draft.record('process-recovered', null, { reason: whyGone(event) });
  if (!runs) return;
  const begun = runnable({ ...draft.before.process, status: 'running' }, event.worker, () => false);
  for (const token of draft.allTokens()) if (isActive(token)) recover(draft, token, event, begun.includes(token), (next) => draft.run(next));
}

export function taskLost(draft: Draft, event: EventOf<'task-lost'>): void {
  const wait = draft.parked(event.key);
  if (!isTaskWait(wait) || wait.token.run !== event.run || wait.waitsFor.worker !== event.worker) return;
  draft.record('task-recovered', wait.token, { reason: whyGone(event) });
  const token: StepToken = { ...wait.token, claims: (wait.token.claims ?? 0) + 1 };
  recover(draft, token, event, true, (next) => draft.wait(next, { ...wait.waitsFor, worker: null, readyAt: draft.now }));
}

/** The body of a suspect begins. If the worker dies from now on, that is counted, and blamed on the body if it runs alone. */
export function suspectBegan(draft: Draft, event: EventOf<'suspect-began'>): void {
  const token = visitOf(draft, event);
  if (!token || !isSuspect(token)) return;
  draft.record('step-isolated', token, { reason: `its worker died ${token.crashes} times in this step: it runs with ${besideIt(token)}` });
  const next: BodyToken = { ...token, announced: token.attempt };
  const wait = event.taskOf === undefined ? undefined : draft.parked(event.key);
  if (isTaskWait(wait)) draft.wait(next, wait.waitsFor);
  else draft.run(next);
}

type LostEvent = EventOf<'worker-lost' | 'task-lost'>;

function whyGone({ worker, graceful }: LostEvent): string {
  return graceful ? `worker ${worker} was shut down` : `worker ${worker} has not been heard of`;
}

/** `mayHaveBegun`: false for a body that has to wait for another one of its process. */
function recover(draft: Draft, token: BodyToken, event: LostEvent, mayHaveBegun: boolean, goOn: (next: BodyToken) => void): void {
  const isAnnounced = token.announced === token.attempt;
  if (event.graceful || !mayHaveBegun || (isSuspect(token) && !isAnnounced)) return goOn(withoutBlame(token)); // a suspect says that it begins
  const next: BodyToken = {
    ...token,
    crashes: (token.crashes ?? 0) + 1,
    attempt: token.attempt + 1,
    ...(isAnnounced && runsAlone(token) && { blamed: (token.blamed ?? 0) + 1 }),
  };
  if ((next.blamed ?? 0) < MOST_BLAMED) goOn(next);
  else if (token.does === 'remind') draft.end(token.key);
  else failToken(draft, next, `crashed: its worker died ${next.crashes} times in this step, ${next.blamed} times while no other suspect ran beside it`);
}

/** The next attempt, without counting this one as failed. */
function withoutBlame(token: BodyToken): BodyToken {
  const next = { ...token, attempt: token.attempt + 1 };
  return isStepToken(next) ? { ...next, forgiven: (next.forgiven ?? 0) + 1 } : next;
}
