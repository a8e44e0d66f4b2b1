/**
 * Decides how an event changes a process. No other place decides, or changes a status. A decision has no clock, no randomness, no IO
 * and no context. User code runs outside, and only its outcome comes in.
 *
 *   snapshot + event + context ──▶ change:    new head, versions, audit records, waits, messages
 *                              ├─▶ { needs }: the decision must see these parked tokens first
 *                              └─▶ null:      the event no longer applies (late and duplicate events are normal)
 *
 * Three guards, each with one job. `revision` (in the store): two writers never overwrite each other. `claim`: a worker that
 * lost its process or task can do nothing more. `run`: an event is for one visit, not for the step.
 */
import type { WorkflowDefinition } from '../definition/graph.js';
import { wholeStage } from '../definition/whole-stage.js';
import type { Change, MessageState, Snapshot } from './change.js';
import { Draft } from './draft.js';
import { cameDue } from './due.js';
import { meetCondition } from './enter.js';
import { bringEvents } from './event-turns.js';
import type { ContextPatch, ProcessEvent } from './events.js';
import { type DecisionContext, FactError } from './facts.js';
import { flow, rootKey } from './flow.js';
import { suspectBegan, taskLost, workerLost } from './crashes.js';
import { cancelled, claimed, orphaned, resumed, retried, skipped, suspended } from './interventions.js';
import { lookAtKeys } from './keys.js';
import { listenAhead } from './listeners.js';
import { migrated } from './migrate.js';
import { bodyEnded } from './outcomes.js';
import { isFinished, type ParentLink, type ProcessState } from './process.js';
import { pauseAwaited, pauseEnded } from './paused-bodies.js';
import { hasLostRace } from './races.js';
import { eventReceived, messageMissed, messageReceived, messageRefused, messageSettled, messageUnsent } from './receive.js';
import { restarted } from './restart.js';
import { isActive, isCondition, isEventToken, type Token } from './token.js';
import { unparked } from './wait.js';
import { MissingWaits } from './missing-waits.js';
import { isUndoing } from './undo.js';

/** The keys of parked tokens that must be read before the decision can be made. */
export interface Needs {
  readonly needs: readonly string[];
}

export type Decision = Change | Needs | null;

export function transition(definition: WorkflowDefinition, snapshot: Snapshot, event: ProcessEvent, given: DecisionContext): Decision {
  const draft = new Draft(definition, snapshot, given);
  try {
    if (!isFinished(snapshot.process.status) || mayReachFinished(event)) decide(draft, event);
    lookAgain(draft);
    return draft.settle();
  } catch (error) {
    if (error instanceof MissingWaits) return { needs: error.keys };
    throw error;
  }
}

export function isNeeds(decision: Decision): decision is Needs {
  return decision !== null && 'needs' in decision;
}

/** Begins a new process: its first version, its first token. */
export function begin(definition: WorkflowDefinition, seed: Seed, given: DecisionContext): Change {
  const draft = new Draft(definition, { process: unborn(definition, seed, given.now), waits: new Map(), messages: new Map() }, given);
  draft.makeVersion('', seed.values, { snapshot: seed.values.set });
  draft.record('process-started');
  if (seed.messages) draft.keep(...seed.messages);
  listenAhead(draft, wholeStage(definition)?.body ?? definition.start);
  draft.send({ key: rootKey(draft), to: definition.start });
  lookAgain(draft);
  return draft.settle()!;
}

/** The data that a new process begins with. */
export interface Seed {
  readonly id: string;
  readonly groupId: string;
  readonly values: ContextPatch;
  /** Makes its correlation ids secret. */
  readonly secret?: string;
  readonly parent?: ParentLink;
  /** The message that asked for the process, stored with it as delivered. */
  readonly messages?: readonly MessageState[];
}

function unborn(definition: WorkflowDefinition, seed: Seed, now: number): ProcessState {
  return {
    id: seed.id, workflow: definition.name, workflowVersion: definition.version, groupId: seed.groupId, status: 'running', revision: 0,
    contextVersion: 0, snapshotVersion: 0, runs: 0, root: 0, worker: null, claim: 0, tokens: [], cause: null,
    startedAt: now, finishedAt: null, parent: seed.parent ?? null, secret: seed.secret ?? null, updatedAt: now,
  }; // prettier-ignore
}

/** A finished process only records messages, and can be restarted. */
function mayReachFinished({ type }: ProcessEvent): boolean {
  return type === 'restarted' || type.startsWith('message-') || type === 'event-received';
}

function decide(draft: Draft, event: ProcessEvent): void {
  switch (event.type) {
    case 'message-received': return messageReceived(draft, event);
    case 'event-received': return eventReceived(draft, event);
    case 'message-missed': return messageMissed(draft, event.message, event.stored);
    case 'message-refused': return messageRefused(draft, event);
    case 'message-settled': return messageSettled(draft, event);
    case 'message-unsent': return messageUnsent(draft, event);
    case 'came-due': return cameDue(draft, event);
    case 'task-lost': return taskLost(draft, event);
    case 'claimed': return claimed(draft);
    case 'worker-lost': return workerLost(draft, event);
    case 'suspect-began': return suspectBegan(draft, event);
    case 'pause-awaited': return pauseAwaited(draft, event);
    case 'pause-ended': return pauseEnded(draft, event);
    case 'suspended': return suspended(draft);
    case 'resumed': return resumed(draft);
    case 'cancelled': return cancelled(draft, event);
    case 'orphaned': return orphaned(draft);
    case 'retried': return retried(draft, event);
    case 'skipped': return skipped(draft, event);
    case 'restarted': return restarted(draft, event);
    case 'migrated': return migrated(draft, event);
    default: return bodyEnded(draft, event);
  } // prettier-ignore
}

/** Lets tokens arrive, checks waiting conditions again after a version, and completes the process if it is over. */
function lookAgain(draft: Draft): void {
  flow(draft);
  if (isFinished(draft.head.status)) return;
  bringEvents(draft);
  if (draft.hasVersion) {
    lookAtConditions(draft);
    lookAtKeys(draft);
  }
  if (draft.someToken(isEventToken)) return; // accepted events are handled before the end
  const isOver = draft.token(rootKey(draft))?.does === 'over' && !draft.someToken((token) => isFinishing(draft, token));
  if (isOver || completesEarly(draft)) draft.finish('completed');
}

/** True for an undo, and for a loser whose step still runs, here or as a task, or is held back by a pause. */
function isFinishing(draft: Draft, token: Token): boolean {
  return token.does === 'undo' || ((isActive(token) || token.parked === 'task' || token.parked === 'pause') && hasLostRace(draft, token.key));
}

/** Checks `completeWhen` after a version, and after the last event that kept the process from ending. */
function completesEarly(draft: Draft): boolean {
  if (!draft.definition.completesEarly || isUndoing(draft)) return false;
  const isDue = draft.hasVersion || draft.before.process.tokens.some(isEventToken);
  const completes = isDue && draft.given.facts.completes();
  if (!(completes instanceof FactError)) return completes;
  draft.become('suspended', completes.message);
  draft.record('process-suspended', null, { error: completes.message });
  return false;
}

function lookAtConditions(draft: Draft): void {
  if (!draft.someToken(isCondition)) return;
  for (const token of draft.allTokens()) {
    const node = draft.definition.nodes.get(token.node);
    if (isCondition(token) && node?.kind === 'step') meetCondition(draft, node, unparked(token));
  }
}
