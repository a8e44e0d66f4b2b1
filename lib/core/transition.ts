/**
 * What becomes of a process when something happens: the one place that decides, and the only one that changes a status.
 * It has no clock, no randomness, no IO and no context; user code runs outside, and only its outcome comes in.
 *
 *   snapshot + event + now ──▶ change: new head, versions, audit records, waits, messages
 *                         └──▶ null:   the event no longer applies (late and duplicate events are normal life)
 *
 * Three guards, each with one job. `revision` (in the store): two writers never overwrite each other. `claim`: a worker
 * that lost its process or task can do nothing more. `run`: an event is for one visit, not for the step.
 */
import type { WorkflowDefinition } from '../definition/graph.js';
import type { Change, MessageState, Snapshot } from './change.js';
import { Draft } from './draft.js';
import { cameDue } from './due.js';
import { meetCondition } from './enter.js';
import { type DecisionContext, type ContextPatch, Fault, type ProcessEvent } from './events.js';
import { flow, rootKey } from './flow.js';
import { eventReceived, messageMissed, messageReceived } from './receive.js';
import { migrated } from './migrate.js';
import { cancelled, claimed, resumed, retried, skipped, suspended, taskLost, workerLost } from './interventions.js';
import { childRequested, requested, stepDeferred, stepFailed, stepPaused, stepSucceeded, undone } from './outcomes.js';
import { toToken, isActive, isCondition, isFinished, isEventToken, type Parent, type ProcessState, type Token } from './process.js';
import { isLost } from './races.js';
import { restarted } from './restart.js';
import { isUndoing } from './undo.js';

export function transition(definition: WorkflowDefinition, snapshot: Snapshot, event: ProcessEvent, now: number): Change | null {
  const draft = new Draft(definition, snapshot, event, now);
  if (!isFinished(snapshot.process.status) || mayReachFinished(event)) decide(draft, event);
  lookAgain(draft);
  return draft.settle();
}

/** A new process: its first version, its first token. */
export function begin(definition: WorkflowDefinition, seed: Seed, given: DecisionContext, now: number): Change {
  const draft = new Draft(definition, { process: unborn(definition, seed, now), waits: new Map(), messages: new Map() }, given, now);
  draft.makeVersion('', seed.values, { snapshot: seed.values.set });
  draft.record('process-started');
  draft.keep(...(seed.messages ?? []));
  draft.send({ key: rootKey(draft), to: definition.start });
  lookAgain(draft);
  return draft.settle()!;
}

export interface Seed {
  readonly id: string;
  readonly groupId: string;
  readonly values: ContextPatch;
  readonly parent?: Parent;
  /** What asked for it, as delivered with it. */
  readonly messages?: readonly MessageState[];
  /** Who starts it, and why. */
  readonly given?: Pick<DecisionContext, 'actor' | 'reason'>;
}

function unborn(definition: WorkflowDefinition, seed: Seed, now: number): ProcessState {
  return {
    id: seed.id, workflow: definition.name, workflowVersion: definition.version, groupId: seed.groupId, status: 'running', revision: 0,
    contextVersion: 0, snapshotVersion: 0, runs: 0, root: 0, worker: null, claim: 0, tokens: [], cause: null,
    startedAt: now, finishedAt: null, parent: seed.parent ?? null, updatedAt: now,
  }; // prettier-ignore
}

/** A finished process only takes note of messages, and can be restarted. */
function mayReachFinished(event: ProcessEvent): boolean {
  return event.type === 'restarted' || event.type === 'message-missed' || event.type === 'message-received' || event.type === 'event-received';
}

function decide(draft: Draft, event: ProcessEvent): void {
  switch (event.type) {
    case 'step-succeeded': return stepSucceeded(draft, event);
    case 'response-requested': return requested(draft, event);
    case 'child-requested': return childRequested(draft, event);
    case 'step-deferred': return stepDeferred(draft, event);
    case 'step-paused': return stepPaused(draft, event);
    case 'step-failed': return stepFailed(draft, event);
    case 'visit-undone':
    case 'all-undone': return undone(draft, event);
    case 'message-received': return messageReceived(draft, event);
    case 'event-received': return eventReceived(draft, event);
    case 'message-missed': return messageMissed(draft, event.message, 'late');
    case 'came-due': return cameDue(draft, event);
    case 'task-lost': return taskLost(draft, event);
    case 'claimed': return claimed(draft);
    case 'worker-lost': return workerLost(draft, event);
    case 'suspended': return suspended(draft, event);
    case 'resumed': return resumed(draft);
    case 'cancelled': return cancelled(draft, event);
    case 'retried': return retried(draft, event);
    case 'skipped': return skipped(draft, event);
    case 'restarted': return restarted(draft, event);
    case 'migrated': return migrated(draft, event);
  } // prettier-ignore
}

/** Who is on the way arrives; after a version, the conditions that did not hold; then whether the process is over. */
function lookAgain(draft: Draft): void {
  flow(draft);
  if (isFinished(draft.head.status)) return;
  if (draft.hasVersion) lookAtConditions(draft);
  if (draft.someToken(isEventToken)) return; // accepted, and so handled before the end
  const isOver = draft.token(rootKey(draft))?.does === 'over' && !draft.someToken((token) => isFinishing(draft, token));
  if (isOver || completesEarly(draft)) draft.finish('completed');
}

/** A loser at its step, or what is being undone in a branch that has lost. */
function isFinishing(draft: Draft, token: Token): boolean {
  return token.undo !== undefined || (isActive(token) && isLost(draft, token.key));
}

/** Asked after a version, or once the last event is out of the way that kept the process from ending. */
function completesEarly(draft: Draft): boolean {
  if (isUndoing(draft)) return false;
  const due = draft.hasVersion || draft.before.process.tokens.some(isEventToken);
  const completes = draft.definition.completesEarly && due && draft.given.facts.completes();
  if (!(completes instanceof Fault)) return completes;
  draft.become('suspended', completes.message);
  draft.record('process-suspended', { error: completes.message });
  return false;
}

function lookAtConditions(draft: Draft): void {
  if (!draft.someToken(isCondition)) return;
  for (const token of draft.allTokens()) {
    const node = draft.definition.nodes.get(token.node);
    if (isCondition(token) && node?.kind === 'step') meetCondition(draft, node, toToken(token));
  }
}
