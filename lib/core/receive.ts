import { isEvent } from './addresses.js';
import type { Disposition, MessageState } from './change.js';
import type { Draft } from './draft.js';
import { handledOn, makeReady, newVisit } from './enter.js';
import { fail } from './failure.js';
import { about, failFor } from './fail-token.js';
import type { EventOf } from './events.js';
import { stepNamed } from '../definition/graph.js';
import { toToken, ENDED_BY_MESSAGE, isFinished, type Token, type WaitState } from './process.js';

/** A message for a wait: the answer to a request, or an event the flow stands still for. */
export function messageReceived(draft: Draft, event: EventOf<'message-received'>): void {
  if (event.lookedUp ? isApplied(draft, event.message) : isKnown(draft, event.message)) return;
  const waits = [event, ...(event.also ?? [])].flatMap((visit) => openAt(draft, visit) ?? []);
  if (waits.length === 0) return isEvent(event.message.address) && !isFinished(draft.head.status) ? undefined : messageMissed(draft, event.message, 'late');
  accept(draft, event.message);
  for (const wait of waits) receive(draft, wait, event.message);
}

function openAt(draft: Draft, { key, run }: Pick<WaitState, 'key' | 'run'>): WaitState | undefined {
  const wait = draft.parked(key);
  return wait && wait.run === run && ENDED_BY_MESSAGE.has(wait.kind) ? wait : undefined;
}

function receive(draft: Draft, wait: WaitState, message: MessageState): void {
  draft.record('message-delivered', { ...about(wait), detail: message.id });
  makeReady(draft, handledOn(stepNamed(draft.definition, wait.node)), { ...toToken(wait), does: 'run', message: message.id }, draft.now);
  if (wait.kind === 'child') childEnded(draft, wait, message);
}

/** Without a result there is nothing for the body: the attempt has failed, and another one is another child. */
function childEnded(draft: Draft, wait: WaitState, { body }: MessageState): void {
  const { processId, status, error } = body as { processId: string; status: string; error?: string };
  if (status === 'completed') return;
  const why = status === 'refused' ? `child process ${processId} could not be started: ${error}` : `child process ${processId} was ${status}`;
  draft.remove(wait.key);
  draft.record('step-failed', { ...about(wait), error: why });
  fail(draft, { ...toToken(wait), does: 'request' }, why, status === 'refused' ? null : 0.5);
}

/** An event nobody asked for: accepted at once, handled alone, before the next step. */
export function eventReceived(draft: Draft, event: EventOf<'event-received'>): void {
  if (isKnown(draft, event.message)) return;
  if (isFinished(draft.head.status)) return messageMissed(draft, event.message, 'late');
  const node = stepNamed(draft.definition, event.node);
  const run = draft.nextRun();
  const token: Token = { ...newVisit(draft, node, `e${run}`, run), message: event.message.id };
  draft.place(token);
  accept(draft, event.message);
  draft.record('message-delivered', { ...about(token), detail: event.message.id });
  if (token.fault !== undefined) failFor(draft, token, token.fault);
}

function accept(draft: Draft, message: MessageState): void {
  draft.keep({ ...message, processId: draft.head.id, disposition: 'delivered' });
}

function isApplied(draft: Draft, { id }: MessageState): boolean {
  const known = draft.before.messages.get(id);
  return known !== undefined && known.disposition !== 'stored';
}

/** The same message again changes nothing, and is recorded; so is another body under its id. */
function isKnown(draft: Draft, message: MessageState): boolean {
  if (!isApplied(draft, message)) return false;
  const known = draft.before.messages.get(message.id)!;
  const disposition = known.digest === message.digest ? 'duplicate' : 'conflict';
  draft.record(`message-${disposition}`, { detail: message.id });
  return true;
}

/** Nobody waits for it any more: kept, shown, without effect. */
export function messageMissed(draft: Draft, message: MessageState, disposition: Extract<Disposition, 'late'>): void {
  if (isKnown(draft, message)) return;
  draft.keep({ ...message, processId: draft.head.id, disposition });
  draft.record('message-late', { detail: message.id });
}
