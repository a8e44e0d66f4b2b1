/** Messages that decisions write themselves: to start a child, and to tell a parent of its end. The inbox handles them like any other. */
import type { ChildGate } from '../definition/graph.js';
import { bodyDigest, digestOf } from '../values/digest.js';
import type { Json, JsonObject } from '../values/json.js';
import { childAddress, detachedAddress, overAddress, startAddress } from './addresses.js';
import type { MessageState } from './change.js';
import type { ProcessState } from './process.js';
import { stepRunId } from './correlation.js';
import type { StepToken } from './token.js';

/** The longest id a process may be given. */
const LONGEST_ID = 80;

/** The same for every reading of the same request, so that a child is started once. An id that gets too long becomes a digest. */
export function childId(parentId: string, { run, children = 0 }: Pick<StepToken, 'run' | 'children'>): string {
  const id = children === 0 ? stepRunId(parentId, run) : `${stepRunId(parentId, run)}.${children}`;
  return id.length > LONGEST_ID ? digestOf(id) : id;
}

/** Asks for a child. Any instance that knows its workflow starts it. */
export function messageOfStart(parentId: string, id: string, gate: ChildGate, values: JsonObject, now: number): MessageState {
  const parent = { id: parentId, awaited: !gate.detached, tied: gate.onParentCancel === 'cancel' };
  return ownMessage(startAddress(id), { workflow: gate.workflow, version: gate.version ?? null, values, parent }, now);
}

/** The message that the body of the step gets at once if the child is detached. */
export function messageOfDetached(id: string, values: JsonObject, parentId: string, now: number): MessageState {
  return { ...ownMessage(detachedAddress(id), { processId: id, status: 'started', version: 1, values }, now), processId: parentId, disposition: 'delivered' };
}

/** Tells a parent that its child has ended. */
export function messageOfEnd({ id, status, contextVersion, revision }: ProcessState, now: number): MessageState {
  return ownMessage(childAddress(id), { processId: id, status, version: contextVersion }, now, String(revision));
}

/** Notes that nothing is awaited under this id of theirs any more. */
export function messageOfOver(processId: string, run: number, correlation: string, now: number): MessageState {
  const address = overAddress(correlation);
  return { ...ownMessage(address, null, now, stepRunId(processId, run)), processId, disposition: 'late' };
}

function ownMessage(address: string, body: Json, now: number, which = ''): MessageState {
  return newMessage(digestOf(address, which), address, body, now);
}

/** A message that no process has received yet. */
export function newMessage(id: string, address: string, body: Json, receivedAt: number, effectiveAt = receivedAt): MessageState {
  return {
    id, identity: id, address, workflow: null, step: null, processId: null, disposition: 'stored', body, digest: bodyDigest(body), reason: null,
    receivedAt, effectiveAt,
  }; // prettier-ignore
}
