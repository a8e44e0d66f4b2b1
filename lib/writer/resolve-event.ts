import { storedPatch } from '../context/context.js';
import type { ContextPatch, OutcomeEvent, ProcessEvent } from '../core/events.js';
import { describeError } from '../values/describe-error.js';
import type { Json, JsonObject } from '../values/json.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import type { ApplyOptions } from './pending-event.js';

/**
 * An event with its patch as it will be stored. Functions in a patch get the latest value, so this happens again after a lost race.
 * A body whose patch cannot be stored has failed, like one that throws. `most`: the bytes that the context may have.
 * @throws UnserialisableValueError, ValueTooLargeError for the patch of a skip, or if `strict`
 */
export function resolveEvent(event: ProcessEvent<object>, bound: BoundWorkflow, latest: JsonObject, options: ApplyOptions, most: number): ProcessEvent {
  if (!('patch' in event) || event.patch === undefined) return event as ProcessEvent;
  if (event.type === 'skipped') return { ...event, patch: storedPatch(bound.context, event.patch, latest, most) };
  return resolveOutcome(event, event.patch, bound, latest, options, most);
}

type WithPatch = Extract<OutcomeEvent<object>, { patch?: object }>;

function resolveOutcome(event: WithPatch, given: object, bound: BoundWorkflow, latest: JsonObject, { seen, strict }: ApplyOptions, most: number): ProcessEvent {
  try {
    const patch = storedPatch(bound.context, given, latest, most);
    return event.type === 'step-succeeded' ? resolveSuccess(event, patch, given, latest, seen) : { ...event, patch };
  } catch (error) {
    if (strict) throw error;
    return failedEvent(event, error);
  }
}

function failedEvent({ key, run, claim, attempt, taskOf, begunAt, undoes, notes, log }: WithPatch, error: unknown): ProcessEvent {
  const where = undoes === undefined ? '' : `undoing ${undoes.step}: `;
  const speaker = { key, run, claim, attempt, taskOf, begunAt, undoes, ...(notes && { notes }), ...(log && { log }) };
  return { ...speaker, type: 'step-failed', error: where + describeError(error), permanent: true };
}

type Success<Patch> = Extract<OutcomeEvent<Patch>, { type: 'step-succeeded' }>;

function resolveSuccess(event: Success<object>, patch: ContextPatch, given: object, latest: JsonObject, seen: JsonObject | undefined): ProcessEvent {
  const { type, branch, key, run, attempt, claim, taskOf, begunAt, undoes, notes, log, sends } = event;
  const overwrote = seen === undefined || seen === latest ? undefined : overwrittenKeys(given, seen, latest);
  const result = event.result !== undefined && !isSameJson(event.result, patch.set) ? event.result : undefined; // the patch is not stored twice
  return { type, patch, branch, result, overwrote, key, run, attempt, claim, taskOf, begunAt, undoes, notes, log, sends };
}

function isSameJson(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Keys that a body set without having seen their latest values. */
function overwrittenKeys(given: object, seen: JsonObject, latest: JsonObject): string[] {
  const set = Object.entries(given).flatMap(([key, value]) => (typeof value === 'function' ? [] : [key]));
  return set.filter((key) => JSON.stringify(seen[key]) !== JSON.stringify(latest[key]));
}
