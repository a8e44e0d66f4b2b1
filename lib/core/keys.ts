import { type EventGate, stepNamed } from '../definition/graph.js';
import { eventAddress } from './addresses.js';
import type { Draft } from './draft.js';
import { FactError } from './facts.js';
import { failOutside } from './failed-token.js';
import { isListener, listenAt } from './listeners.js';
import type { StepToken, Token } from './token.js';
import { unparked } from './wait.js';

/** Looks again at the keys that waits have from the context. A wait whose key has changed waits under the new one from this version on. */
export function lookAtKeys(draft: Draft): void {
  if (!draft.someToken(hasKey)) return;
  for (const token of draft.allTokens()) {
    const node = stepNamed(draft.definition, token.node);
    if (!hasKey(token) || node?.gate.for !== 'event' || !node.gate.keyed) continue;
    if (isListener(token)) listenAt(draft, { ...node, gate: node.gate }, token);
    else rekey(draft, node.gate, token);
  }
}

function hasKey(token: Token): token is StepToken {
  return token.parked === 'event' || token.parked === 'listener';
}

function rekey(draft: Draft, gate: EventGate, token: StepToken): void {
  const key = draft.given.facts.key(token.node, token);
  if (key instanceof FactError) return failOutside(draft, unparked(token), key.message);
  const address = eventAddress(gate.event, key, gate.keyName);
  if (address === token.address) return;
  draft.wait(token, { kind: 'event', address, dueAt: token.deadline ?? null });
  draft.record('event-awaited', token, { detail: gate.event, reason: 'the value of its key has changed' });
}
