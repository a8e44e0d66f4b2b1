import type { Disposition, MessageState } from './change.js';
import type { Draft } from './draft.js';
import { about, failFor, newVisit } from './enter.js';
import type { EventOf } from './events.js';
import { stepNamed } from '../definition/graph.js';
import { awake, isFinished, type Token } from './process.js';

/** A message for a wait: the answer to a request, or an event the flow stands still for. */
export function messageReceived(draft: Draft, event: EventOf<'message-received'>): void {
  if (event.lookedUp ? isApplied(draft, event.message) : isKnown(draft, event.message)) return;
  const wait = draft.parked(event.key);
  const waits = wait && wait.run === event.run && (wait.kind === 'response' || wait.kind === 'event');
  if (!waits) return messageMissed(draft, event.message, 'late');
  draft.place({ ...awake(wait), does: 'run', message: event.message.id });
  accept(draft, event.message);
  draft.record('message-delivered', { ...about(wait), detail: event.message.id });
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
