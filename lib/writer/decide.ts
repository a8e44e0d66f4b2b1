/** Decides events of a process: one change, and an answer for each event. Nothing is read or written here. */
import { patched } from '../context/context.js';
import type { ProcessLimits } from '../context/process-limits.js';
import { after, type Change, type Snapshot } from '../core/change.js';
import { joined } from '../core/join-changes.js';
import { needsNoDefinition, type ProcessEvent } from '../core/events.js';
import type { DecisionContext } from '../core/facts.js';
import type { ProcessState } from '../core/process.js';
import { begin, type Decision, isNeeds, type Needs, transition } from '../core/transition.js';
import type { Loaded } from '../store/port.js';
import { appended } from '../values/appended.js';
import { UnknownWorkflowError } from '../values/errors.js';
import type { JsonObject } from '../values/json.js';
import { type BoundWorkflow, unknownBound } from '../workflows/bound-workflow.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import { ContextFacts } from './context-facts.js';
import type { ApplyOptions, PendingEvent, StartEvent } from './pending-event.js';
import { redactedEvent, redactedOrNull } from './redacted-event.js';
import { resolveEvent } from './resolve-event.js';
import { withSearch } from './search-changes.js';

/** A process as it was read for an event, with its values. */
export type ProcessReading = Snapshot & { readonly context: JsonObject };

/** The newest state of a process that this instance knows. */
export interface KnownProcess {
  readonly process: ProcessState;
  readonly context: JsonObject;
}

/** The result of one event. `process` null: there is no such process. */
export interface DecidedEvent {
  readonly pending: PendingEvent;
  readonly change: Change | null;
  readonly process: ProcessState | null;
}

/** An event that was refused: its workflow is unknown here, or the decision threw an error. */
export interface RefusedEvent {
  readonly pending: PendingEvent;
  readonly error: unknown;
}

/** The result of a batch of events. */
export interface BatchDecision {
  /** The process after all of them; null: there is none. */
  readonly known: KnownProcess | null;
  readonly total: Change | null;
  readonly decided: readonly DecidedEvent[];
  readonly refused: readonly RefusedEvent[];
}

/** The worker that decides, and the time. */
export interface DecidedBy {
  readonly worker: string | null;
  /** True if that worker may take the process. */
  readonly hasRoom: boolean;
  readonly now: number;
  readonly limits: ProcessLimits;
}

const NOTHING_DECIDED: readonly DecidedEvent[] = [];
const NOTHING_REFUSED: readonly RefusedEvent[] = [];

/** Decides event by event, each on the result of the one before. `reading` null: there is no such process. */
export function decideBatch(registry: WorkflowRegistry, reading: ProcessReading | null, batch: readonly PendingEvent[], by: DecidedBy): BatchDecision | Needs {
  let current = reading;
  let known: KnownProcess | null = reading;
  let refused: RefusedEvent[] | undefined;
  let changes: Change[] | undefined;
  let decided: DecidedEvent[] | undefined;
  for (let i = 0; i < batch.length; i++) {
    const pending = batch[i]!;
    const decision = decideOne(registry, current, pending, by);
    if (decision instanceof Refusal) refused = appended(refused, { pending, error: decision.error });
    else if (isNeeds(decision)) return decision;
    else {
      if (decision) {
        const context = valuesAfter(known?.context ?? NO_VALUES, decision);
        changes = appended(changes, withSearch(registry, known, decision, context));
        known = { process: decision.process, context };
        if (i + 1 < batch.length) current = afterChange(current, decision, context);
      }
      decided = appended(decided, { pending, change: decision, process: known && known.process });
    }
  }
  return { known, total: changes ? joined(changes) : null, decided: decided ?? NOTHING_DECIDED, refused: refused ?? NOTHING_REFUSED };
}

class Refusal {
  constructor(readonly error: unknown) {}
}

function decideOne(registry: WorkflowRegistry, reading: ProcessReading | null, { event, options }: PendingEvent, by: DecidedBy): Decision | Refusal {
  if (event.type === 'started') return reading === null ? beginProcess(event, options, by) : null;
  if (reading === null) return null;
  const bound = boundFor(registry, reading.process, event);
  if (!bound) return new Refusal(unknownWorkflow(reading.process));
  try {
    const resolved = redactedEvent(resolveEvent(event, bound, reading.context, options, by.limits.context));
    const facts = factsFor(bound, reading, resolved, by);
    return transition(bound.definition, reading, resolved, decisionContext(facts, options, by));
  } catch (error) {
    return new Refusal(error);
  }
}

/** A migration is decided by the version it leads to. */
function boundFor(registry: WorkflowRegistry, { workflow, workflowVersion }: ProcessState, event: ProcessEvent<object>): BoundWorkflow | undefined {
  const known = registry.find(workflow, workflowVersion);
  if (event.type === 'migrated') return registry.find(workflow, event.to) ?? known;
  return known ?? (needsNoDefinition(event) ? unknownBound(workflow, workflowVersion) : undefined);
}

function decisionContext(facts: ContextFacts, { actor, reason }: ApplyOptions, { worker, hasRoom, now }: DecidedBy): DecisionContext {
  return { now, random: Math.random(), by: worker, hasRoom, facts, actor, reason: redactedOrNull(reason) };
}

/** The facts of the context after the event: a patch changes the values, a restart or a migration replaces them. */
function factsFor(bound: BoundWorkflow, { process, context }: ProcessReading, event: ProcessEvent, { now, limits }: DecidedBy): ContextFacts {
  if (event.type === 'restarted' || event.type === 'migrated') return new ContextFacts(bound, process, event.values, now, undefined, limits.items);
  return new ContextFacts(bound, process, context, now, 'patch' in event ? event.patch : undefined, limits.items);
}

/** It starts now, and not when it was asked for: in an outage another of its group may have come and gone meanwhile. */
function beginProcess({ bound, seed }: StartEvent, options: ApplyOptions, by: DecidedBy): Change {
  const unborn = { id: seed.id, groupId: seed.groupId, contextVersion: 0, snapshotVersion: 0 };
  const facts = new ContextFacts(bound, unborn, seed.values.set, by.now, undefined, by.limits.items);
  return begin(bound.definition, seed, decisionContext(facts, options, by));
}

/* -------------------------------------------------------------------- readings ---- */

/** `asked`: the keys of the waits that were read with it. */
export function readingOf({ process, waits, messages, context }: Loaded, asked: readonly string[]): ProcessReading {
  return {
    process,
    asked: new Set(asked),
    waits: new Map(waits.map((wait) => [wait.token.key, wait])),
    messages: new Map(messages.map((message) => [message.id, message])),
    context: context ?? {},
  };
}

/** The process after a change. */
export function afterChange(before: ProcessReading | null, change: Change, context = valuesAfter(before?.context ?? NO_VALUES, change)): ProcessReading {
  const from = before ?? { process: change.process, waits: new Map(), messages: new Map() };
  return { ...after(from, change), context };
}

const NO_VALUES: JsonObject = {};

export function valuesAfter(values: JsonObject, { versions }: Change): JsonObject {
  let newest = values;
  for (const { patch, removed, snapshot } of versions) newest = snapshot ?? patched(newest, { set: patch, remove: removed });
  return newest;
}

export function unknownWorkflow({ id, workflow, workflowVersion }: ProcessState): UnknownWorkflowError {
  return new UnknownWorkflowError(
    workflow,
    ` Process ${id} was started with it; this application does not know it, and leaves the process alone.`,
    workflowVersion,
  );
}
