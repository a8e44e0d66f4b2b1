/**
 * Steps that hear their event outside of a visit: before they are reached (`skipAhead`), or after they are done (`reprocess`). Their
 * tokens stand beside the tree, in rows of their own, with a copy in the process row.
 */
import { type EventGate, type StepNode, stepsOf, type WorkflowDefinition } from '../definition/graph.js';
import { eventAddress } from './addresses.js';
import type { Draft } from './draft.js';
import { FactError } from './facts.js';
import { reachedFrom } from './reach.js';
import { isListenerKey, listenerKey } from './token-key.js';
import type { StepToken, Token } from './token.js';

type ListeningStep = StepNode & { readonly gate: EventGate };

const known = new WeakMap<WorkflowDefinition, readonly ListeningStep[]>();

function listeningSteps(definition: WorkflowDefinition): readonly ListeningStep[] {
  if (!known.has(definition)) known.set(definition, stepsOf(definition).filter(hearsBeside)); // prettier-ignore
  return known.get(definition)!;
}

function hearsBeside(node: StepNode): node is ListeningStep {
  return node.gate.for === 'event' && (node.gate.skipAhead === true || node.gate.reprocess === true);
}

/** Lets the steps with `skipAhead` listen that come after this node. */
export function listenAhead(draft: Draft, from: string): void {
  const steps = listeningSteps(draft.definition).filter(({ gate }) => gate.skipAhead);
  if (steps.length === 0) return;
  const ahead = reachedFrom(draft.definition, from);
  for (const node of steps) if (ahead.has(node.name) && !listenerOf(draft, node.name)) listen(draft, node, 'ahead');
}

/** The step is done: with `reprocess` it goes on listening. */
export function listenAfter(draft: Draft, node: StepNode): void {
  if (hearsBeside(node) && node.gate.reprocess) listen(draft, node, 'after');
}

/** The step was skipped: with `skipAhead` it may still come. */
export function listenAgain(draft: Draft, node: StepNode): void {
  if (hearsBeside(node) && node.gate.skipAhead) listen(draft, node, 'ahead');
}

/** A visit begins, and waits for the event itself. */
export function stopListening(draft: Draft, node: StepNode): void {
  if (!hearsBeside(node)) return;
  const token = listenerOf(draft, node.name);
  if (token) draft.end(token.key);
}

/** After a restart: steps that come again listen as they did before they were reached. */
export function listenAnew(draft: Draft, from: string): void {
  const ahead = reachedFrom(draft.definition, from);
  for (const token of draft.allTokens()) if (isListener(token) && (token.node === from || ahead.has(token.node))) draft.end(token.key);
  listenAhead(draft, from);
}

function listenerOf(draft: Draft, node: string): Token | undefined {
  return draft.allTokens().find((token) => isListener(token) && token.node === node);
}

function listen(draft: Draft, node: ListeningStep, listens: 'ahead' | 'after'): void {
  stopListening(draft, node);
  const run = draft.nextRun();
  listenAt(draft, node, { key: listenerKey(run), node: node.name, run, does: 'run', attempt: 1, since: draft.now, listens });
}

/** Listens under the key as it now is. While that cannot be computed, no event can come. */
export function listenAt(draft: Draft, { name, gate }: StepNode & { readonly gate: EventGate }, token: StepToken): void {
  const key = gate.keyed ? draft.given.facts.key(name, token) : draft.head.groupId;
  if (key instanceof FactError) return draft.keepCopy(token, 'listener');
  const address = eventAddress(gate.event, key, gate.keyName);
  if (token.address !== address) draft.wait(token, { kind: 'listener', address, dueAt: null });
}

/** True for a token that hears the event of a step outside of a visit. */
export function isListener({ key }: Pick<Token, 'key'>): boolean {
  return isListenerKey(key);
}
