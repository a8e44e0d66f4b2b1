/** What an event does that comes to a step outside of a visit: before the flow has reached the step, or after it was done. */
import { type StepNode, stepNamed } from '../definition/graph.js';
import type { MessageState } from './change.js';
import type { Draft } from './draft.js';
import { handledOn, makeReady, newVisit } from './enter.js';
import { standInLine } from './event-turns.js';
import { NO_CHANGE } from './events.js';
import { failOutside, failToken } from './failed-token.js';
import { leaveFlow, rootKey, wholeOf } from './flow.js';
import { stopListening } from './listeners.js';
import { branchOfStage } from './races.js';
import { reachedFrom, stepsBetween } from './reach.js';
import { eventKey } from './token-key.js';
import { isBeside, isStepToken, type StepToken, type Token } from './token.js';
import { watchOverdue } from './watch.js';

/** True for a listener that takes an event now. While something is being undone, no event moves the flow. */
export function canHear(draft: Draft, { node, listens }: StepToken): boolean {
  return listens === 'after' || !isAhead(draft, node) || !draft.someToken(({ does }) => does === 'undo');
}

/** Runs the step now: in the place of those before it, or beside the flow if it is not ahead. */
export function heard(draft: Draft, { node: name, listens }: StepToken, message: MessageState): void {
  const node = stepNamed(draft.definition, name);
  if (listens === 'ahead' && isAhead(draft, name)) skipTo(draft, node, message);
  else handleBeside(draft, node, message);
}

function isAhead(draft: Draft, node: string): boolean {
  const place = mainPlace(draft);
  return place !== undefined && reachedFrom(draft.definition, place.node).has(node);
}

/** Where the main flow stands: at a step, or at a container with branches. */
export function mainPlace(draft: Draft): Token | undefined {
  const whole = wholeOf(draft);
  const key = whole ? branchOfStage(whole) : rootKey(draft);
  return draft.token(key) ?? draft.parked(key)?.token;
}

/** Handles an accepted event beside the flow. */
export function handleBeside(draft: Draft, node: StepNode, message: MessageState): void {
  const run = draft.nextRun();
  const token: StepToken = { ...newVisit(draft, node, eventKey(run), run), message: message.id };
  if (token.fault === undefined) standInLine(draft, token);
  draft.record('message-delivered', token, { detail: message.id });
  if (token.fault !== undefined) failToken(draft, token, token.fault);
}

function skipTo(draft: Draft, node: StepNode, message: MessageState): void {
  const reason = `its turn was passed: the event for "${node.name}" came`;
  const place = mainPlace(draft)!;
  for (const token of openVisits(draft)) draft.record('step-skipped', token, { reason });
  for (const { name: step } of stepsBetween(draft.definition, place.node, node.name)) draft.record('step-skipped', null, { step, reason });
  draft.makeVersion(node.name, NO_CHANGE); // a restart must know of it
  const key = leaveFlow(draft);
  draft.moved(key, node.name);
  stopListening(draft, node);
  const token = newVisit(draft, node, key, draft.nextRun());
  if (token.fault !== undefined) return failOutside(draft, token, token.fault);
  watchOverdue(draft, node, token);
  draft.record('message-delivered', token, { detail: message.id });
  makeReady(draft, handledOn(node), { ...token, message: message.id }, draft.now);
}

/** Visits of the flow that stand somewhere: those that run, wait or have failed. */
function openVisits(draft: Draft): Token[] {
  const parked = draft.allParked().map(({ token }) => token);
  const all = new Map([...draft.allTokens(), ...parked].map((token) => [token.key, token]));
  const isVisit = (token: Token) => isStepToken(token) && token.run > 0 && !isBeside(token);
  return [...all.values()].filter(isVisit).sort((a, b) => a.run - b.run);
}
