/** Messages the decisions write themselves: to start a child, and to tell a parent. The inbox carries them like any other. */
import type { ChildGate } from '../definition/graph.js';
import { childAddress, detachedAddress, orderAddress } from './addresses.js';
import type { MessageState } from './change.js';
import { bodyDigest, digestOf } from '../values/digest.js';
import type { Json, JsonObject } from '../values/json.js';
import type { ProcessState, Token } from './process.js';
import { stepRunId } from './process.js';

/** The longest id a process may be given. */
const LONGEST_ID = 80;

/** The same for every reading of the same request, so that a child is started once. ChildStarter of children of children have names of their own. */
export function childId(parentId: string, { run, children = 0 }: Token): string {
  const id = children === 0 ? stepRunId(parentId, run) : `${stepRunId(parentId, run)}.${children}`;
  return id.length > LONGEST_ID ? digestOf(id) : id;
}

/** Asks for a child: whoever knows its workflow starts it. */
export function letterOfStart(parentId: string, id: string, gate: ChildGate, values: JsonObject, now: number): MessageState {
  const parent = { id: parentId, awaited: !gate.detached, tied: gate.onParentCancel === 'cancel' };
  return letter(orderAddress(id), { workflow: gate.workflow, version: gate.version ?? null, values, parent }, now);
}

/** What the body of a detached child's step is given at once. */
export function letterOfChild(id: string, values: JsonObject, parentId: string, now: number): MessageState {
  return { ...letter(detachedAddress(id), { processId: id, status: 'started', version: 1, values }, now), processId: parentId, disposition: 'delivered' };
}

/** Tells a parent that its child has ended. */
export function letterOfEnd({ id, status, contextVersion, revision }: ProcessState, now: number): MessageState {
  return letter(childAddress(id), { processId: id, status, version: contextVersion }, now, String(revision));
}

function letter(address: string, body: Json, now: number, which = ''): MessageState {
  return aMessage(digestOf(address, which), address, body, now);
}

/** A message that nobody has had yet. */
export function aMessage(id: string, address: string, body: Json, receivedAt: number, effectiveAt = receivedAt): MessageState {
  return { id, address, processId: null, disposition: 'stored', body, digest: bodyDigest(body), receivedAt, effectiveAt };
}
