import { stepNamed } from '../definition/graph.js';
import { isEvent, namedIn, overAddress } from './addresses.js';
import type { MessageState } from './change.js';
import type { Draft } from './draft.js';
import { handledOn, makeReady } from './enter.js';
import type { EventOf } from './events.js';
import { failTry } from './failure.js';
import { isFinished } from './process.js';
import { canHear, handleBeside, heard } from './skip-ahead.js';
import type { StepToken, Token } from './token.js';
import { noteReached } from './undo-marks.js';
import { undoAnswered } from './undo-tries.js';
import { addressOf, ENDED_BY_MESSAGE, isUndoWait, type MessageWait, type StepWait } from './wait.js';

/** Gives a message to its wait: a response, an input, the end of a child, or an event that the flow waits for. */
export function messageReceived(draft: Draft, event: EventOf<'message-received'>): void {
  const { message, stored, lateId = message.id } = event;
  if (stored && isApplied(draft, stored)) return; // another wait, or another instance, was faster
  if (event.lookedUp && !stored ? isApplied(draft, message) : isKnownMessage(draft, message)) return stored && take(draft, stored, 'duplicate');
  const waits = takersOf(draft, [event, ...(event.also ?? [])].flatMap((visit) => openWait(draft, visit, message) ?? [])); // prettier-ignore
  if (waits.length === 0)
    return isEvent(message.address) && !isFinished(draft.head.status) ? undefined : messageMissed(draft, stored ?? { ...message, id: lateId });
  accept(draft, message);
  if (stored) take(draft, stored, 'delivered');
  for (const wait of waits) {
    if (isUndoWait(wait)) undoAnswered(draft, wait.token, message.id);
    else if (wait.token.listens === undefined) receive(draft, wait, message);
    else heard(draft, wait.token, message);
  }
}

/** Under another address it is not for the wait: the key of its event has changed since, or the undo waits for the answer about another step run. */
function openWait(draft: Draft, { key, run }: Pick<Token, 'key' | 'run'>, { address }: MessageState): MessageWait | undefined {
  const wait = draft.parked(key);
  if (!wait || wait.token.run !== run || !ENDED_BY_MESSAGE.has(wait.waitsFor.kind)) return undefined;
  return (isEvent(address) || isUndoWait(wait)) && addressOf(wait) !== address ? undefined : (wait as MessageWait);
}

function isListening(wait: MessageWait): wait is StepWait {
  return !isUndoWait(wait) && wait.token.listens !== undefined;
}

/** An event moves the flow ahead only if no visit waits for it, and once. */
function takersOf(draft: Draft, waits: readonly MessageWait[]): readonly MessageWait[] {
  if (waits.every((wait) => !isListening(wait))) return waits;
  const open = waits.filter((wait) => !isListening(wait) || canHear(draft, wait.token));
  const others = open.filter((wait) => !isListening(wait) || wait.token.listens !== 'ahead');
  return others.length > 0 ? others : open.slice(0, 1);
}

function receive(draft: Draft, { token, waitsFor }: StepWait, message: MessageState): void {
  draft.record('message-delivered', token, { detail: message.id });
  const { keyed: _keyed, ...visit } = token;
  makeReady(draft, handledOn(stepNamed(draft.definition, token.node)), { ...visit, does: 'run', message: message.id }, draft.now);
  if (waitsFor.kind !== 'child' || !childFailed(draft, token, message)) noteReached(draft, { ...visit, message: message.id }, 'answered');
}

/** A child that did not complete is a failed attempt. The next attempt starts another child. */
function childFailed(draft: Draft, token: StepToken, { body }: MessageState): boolean {
  const { processId, status, error } = body as { processId: string; status: string; error?: string };
  if (status === 'completed') return false;
  const why = status === 'refused' ? `child process ${processId} could not be started: ${error}` : `child process ${processId} was ${status}`;
  draft.end(token.key);
  draft.record('step-failed', token, { error: why });
  failTry(draft, { ...token, does: 'request' }, why, status === 'refused');
  return true;
}

/** Accepts an unsolicited event at once. Its body runs beside the flow. */
export function eventReceived(draft: Draft, { node: name, message, lookedUp }: EventOf<'event-received'>): void {
  if (lookedUp ? isApplied(draft, message) : isKnownMessage(draft, message)) return;
  if (isFinished(draft.head.status)) return messageMissed(draft, message);
  const node = stepNamed(draft.definition, name);
  accept(draft, message);
  handleBeside(draft, node, message);
}

/** Takes the row of a response out of the way of others: its copy has become the one at the address. */
function take(draft: Draft, stored: MessageState, disposition: 'delivered' | 'duplicate' | 'late'): void {
  if (stored.id !== draft.lastKept) draft.keep({ ...stored, address: overAddress(namedIn(stored.address)), body: null, processId: draft.head.id, disposition });
}

function accept(draft: Draft, message: MessageState): void {
  draft.keep({ ...message, processId: draft.head.id, disposition: 'delivered' });
}

function isApplied(draft: Draft, { id }: MessageState): boolean {
  const known = draft.before.messages.get(id);
  return known !== undefined && known.disposition !== 'stored' && known.disposition !== 'refused';
}

/** Records a repeated message, or another body under its id. Neither changes anything else. */
function isKnownMessage(draft: Draft, message: MessageState): boolean {
  if (!isApplied(draft, message)) return false;
  const known = draft.before.messages.get(message.id)!;
  draft.record(known.digest === message.digest ? 'message-duplicate' : 'message-conflict', null, { detail: message.id });
  return true;
}

/** Keeps a message that nothing waits for any more. The message is shown, and has no effect. */
export function messageMissed(draft: Draft, message: MessageState, stored?: MessageState): void {
  if (stored && isApplied(draft, stored)) return; // another instance was faster
  const row = stored && stored.id !== message.id ? stored : undefined;
  if (isKnownMessage(draft, message)) return row && take(draft, row, 'duplicate');
  draft.keep({ ...message, processId: draft.head.id, disposition: 'late' });
  draft.record('message-late', null, { detail: message.id });
  if (row) take(draft, row, 'late');
}

/** Keeps a message that does not fit the step it has found, with the reason. The step still waits. */
export function messageRefused(draft: Draft, { message, key }: EventOf<'message-refused'>): void {
  if (isApplied(draft, message)) return;
  draft.keep({ ...message, processId: draft.head.id, disposition: 'refused' });
  draft.record('message-refused', draft.parked(key)?.token ?? null, { detail: message.id, error: message.reason });
}

/** Ends the matter of a refused message. Another person may have been faster. */
export function messageSettled(draft: Draft, { message, as }: EventOf<'message-settled'>): void {
  if (draft.before.messages.get(message.id)?.disposition !== 'refused') return;
  draft.keep({ ...message, disposition: 'discarded' });
  draft.record(`message-${as}`, null, { detail: message.id });
}

/** A message of the outbox was replayed or discarded. The row is changed by the store itself. */
export function messageUnsent(draft: Draft, { sending: { id, step, sender }, as }: EventOf<'message-unsent'>): void {
  draft.record(`send-${as}`, null, { step, detail: `${id} to ${sender}` });
}
