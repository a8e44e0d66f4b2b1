/** Bodies that a pause holds back: each waits in a row of its own, so that no worker holds its process, and a restart changes nothing. */
import { stepNamed } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { makeReady } from './enter.js';
import type { EventOf } from './events.js';
import { visitOf } from './outcomes.js';
import { type BodyToken, isStepToken, type StepToken } from './token.js';
import { isTaskWait } from './wait.js';

/** The body was about to begin. It has not, so nothing is counted. */
export function pauseAwaited(draft: Draft, event: EventOf<'pause-awaited'>): void {
  const token = visitOf(draft, event);
  if (!token) return;
  const isTask = event.taskOf !== undefined && isTaskWait(draft.parked(event.key));
  const held = { at: draft.now, ...(isTask && { task: true as const }) };
  draft.wait({ ...token, held }, { kind: 'pause', address: event.address, dueAt: null });
  draft.record('pause-awaited', token, { detail: event.says });
}

/** The body may begin now; a task goes back to its queue. */
export function pauseEnded(draft: Draft, event: EventOf<'pause-ended'>): void {
  const wait = draft.parked(event.key);
  if (wait?.waitsFor.kind !== 'pause' || wait.token.run !== event.run || wait.waitsFor.address !== event.address) return;
  const { held, ...token } = wait.token as BodyToken;
  draft.record('pause-ended', token);
  const next: BodyToken = { ...token, ...later(token, draft.now - (held?.at ?? draft.now)), passed: passing(token, event.address) };
  if (held?.task && isStepToken(next)) makeReady(draft, stepNamed(draft.definition, next.node), { ...next, claims: (next.claims ?? 0) + 1 }, draft.now);
  else draft.run(next);
}

/** The time limit of the attempt has stood still meanwhile. */
function later(token: BodyToken, ms: number): Partial<Pick<StepToken, 'since' | 'deadline'>> {
  const deadline = isStepToken(token) ? token.deadline : undefined;
  return deadline === undefined ? {} : { since: token.since + ms, deadline: deadline + ms };
}

function passing(token: BodyToken, address: string): NonNullable<BodyToken['passed']> {
  const body = bodyOf(token);
  const before = token.passed?.body === body ? token.passed.pauses : [];
  return { body, pauses: [...new Set([...before, address])] };
}

/** Whether a pause that ends gradually has let this body through. */
export function hasPassed(token: BodyToken, address: string): boolean {
  return token.passed?.body === bodyOf(token) && token.passed.pauses.includes(address);
}

function bodyOf({ attempt, does }: BodyToken): string {
  return `${attempt} ${does}`;
}
