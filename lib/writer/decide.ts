import { after, type Change, joined, type Snapshot } from '../core/change.js';
import type { JsonObject } from '../values/json.js';
import type { ProcessState } from '../core/process.js';
import { Missing } from '../core/tokens.js';
import { transition } from '../core/transition.js';
import { patched } from '../context/context.js';
import { ProcessAlreadyLiveError, UnknownWorkflowError } from '../values/errors.js';
import type { Loaded, Rejection } from '../store/port.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import { ContextFacts } from './context-facts.js';
import type { Pending, Told } from './process-cache.js';

/** What an event met, and made of it. */
type Decided = { readonly pending: Pending; readonly change: Change | null; readonly process: ProcessState };

/** What a batch of events makes of a process: one record, and the answer to each. */
export interface Round {
  readonly known: { readonly process: ProcessState; readonly context: JsonObject };
  readonly total: Change | null;
  readonly decided: readonly Decided[];
}

/** A process as an event meets it, with its values. */
export type Standing = Snapshot & { readonly context: JsonObject };

/** Reads and decides; what is read from memory is not waited for. What turns out to be missing is read as well, and it is decided again. Null: there is nothing to read. */
export async function readAndDecide<S extends Standing, T>(
  waits: readonly string[],
  read: (waits: readonly string[]) => Promise<S | null> | S,
  decide: (standing: S) => T,
): Promise<T | null> {
  for (let wanted = waits; ;) {
    const found = read(wanted);
    const standing = found instanceof Promise ? await found : found;
    if (!standing) return null;
    try {
      return decide(standing);
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      wanted = [...wanted, ...error.keys];
    }
  }
}

/** Event by event, each on what the one before has made. */
export function decideRound(
  bound: BoundWorkflow,
  standing: Standing,
  batch: readonly Pending[],
  by: string | null,
  now: number,
  versions: Versions = () => undefined,
): Round {
  let [current, total] = [standing, null as Change | null];
  const decided: Decided[] = [];
  for (const pending of batch) {
    const change = decideOne(versions(current.process.workflowVersion) ?? bound, current, pending, by, now, versions);
    if (change === 'refused') continue;
    if (change) {
      current = { ...after(current, change), context: valuesAfter(current.context, change) };
      total = total ? joined(total, change) : change;
    }
    decided.push({ pending, change, process: current.process });
  }
  return { known: { process: current.process, context: current.context }, total, decided };
}

/** What cannot be told, as it cannot be stored for instance, concerns only who tells it. */
function decideOne(bound: BoundWorkflow, standing: Standing, pending: Pending, by: string | null, now: number, versions: Versions): Change | null | 'refused' {
  try {
    const told = pending.tell({ process: standing.process, context: standing.context, bound });
    return decideOn(underVersion(bound, told, versions), standing, told, by, now);
  } catch (error) {
    if (error instanceof Missing) throw error;
    pending.reject(error);
    return 'refused';
  }
}

/** The other versions of its workflow, as far as they are known here. */
export type Versions = (version: number) => BoundWorkflow | undefined;

/** A migration is decided by the version it leads to. */
export function underVersion(bound: BoundWorkflow, told: Told, versions: Versions): BoundWorkflow {
  return told.type === 'migrated' ? (versions(told.to) ?? bound) : bound;
}

/** What one event makes of a process, by the values it has. */
export function decideOn(bound: BoundWorkflow, standing: Standing, told: Told, by: string | null, now: number): Change | null {
  return transition(bound.definition, standing, { ...told, by, facts: factsFor(bound, standing.process, standing.context, told, now) }, now);
}

/** What the context says once the event is in it: a patch changes the values, a restart brings others. */
function factsFor(bound: BoundWorkflow, process: ProcessState, context: JsonObject, told: Told, now: number): ContextFacts {
  if (told.type === 'restarted' || told.type === 'migrated') return new ContextFacts(bound, process, told.values, now, undefined);
  return new ContextFacts(bound, process, context, now, 'patch' in told ? told.patch : undefined);
}

export function answer(decided: readonly Decided[]): void {
  for (const { pending, change, process } of decided) pending.resolve({ process, change });
}

export function snapshotOf({ process, waits, messages, context }: Loaded, asked: readonly string[]): Standing {
  return {
    process,
    asked: new Set(asked),
    waits: new Map(waits.map((wait) => [wait.key, wait])),
    messages: new Map(messages.map((message) => [message.id, message])),
    context: context ?? {},
  };
}

export function valuesAfter(values: JsonObject, change: Change): JsonObject {
  return change.versions.reduce((before, { patch, removed, snapshot }) => snapshot ?? patched(before, { set: patch, remove: removed }), values);
}

/** Definite: the database has said no. */
export function errorOf({ reason, change, error }: Rejection): unknown {
  return reason === 'refused' ? error : new ProcessAlreadyLiveError('', change.process.workflow, change.process.groupId);
}

export function unknownWorkflow({ id, workflow, workflowVersion }: ProcessState): UnknownWorkflowError {
  return new UnknownWorkflowError(
    workflow,
    ` Process ${id} was started with it; this application does not know it, and leaves the process alone.`,
    workflowVersion,
  );
}
