import { stepNamed } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { about } from './enter.js';
import type { EventOf } from './events.js';
import { fail } from './outcomes.js';
import { awake, type Token, type WaitState } from './process.js';

/** A moment has come: a timer fires, or something that was waited for did not come in time. */
export function cameDue(draft: Draft, event: EventOf<'came-due'>): void {
  const wait = draft.parked(event.key);
  if (!wait || wait.run !== event.run || wait.dueAt === null || wait.dueAt > draft.now) return;
  if (wait.kind !== 'timer') return timeOut(draft, wait, event.random);
  draft.place(awake(wait));
  draft.record('timer-fired', about(wait));
}

/** A failed attempt: an unanswered request is made again under the same correlation id, if the policy has tries left. */
function timeOut(draft: Draft, wait: WaitState, random: number): void {
  const node = stepNamed(draft.definition, wait.node);
  const error = `nothing came within the time given (${wait.kind})`;
  draft.record('step-timed-out', { ...about(wait), error });
  const again: Token = { ...awake(wait), does: node.gate.for === 'response' ? 'request' : 'run' };
  if (wait.kind === 'condition') return fail(draft, { ...again, outside: true }, error, null);
  fail(draft, again, error, random);
}
