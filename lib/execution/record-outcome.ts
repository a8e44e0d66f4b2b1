import type { OutcomeEvent } from '../core/events.js';
import { describeError } from '../values/describe-error.js';
import type { JsonObject } from '../values/json.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { BodyOutcome } from './read-result.js';
import type { StepVisit } from './step-context.js';

/** By what right a body ran: the claim of its process; of a queued task, that of the task and its worker. */
export interface BodyClaim {
  readonly claim: number;
  readonly taskOf?: string;
  /** When it began, ms. */
  readonly begunAt?: number;
}

/** Whoever ran the body speaks for it: what was said in it goes with the outcome. */
export function outcomeEvent(visit: StepVisit, { claim, taskOf, begunAt }: BodyClaim, outcome: BodyOutcome): OutcomeEvent<object> {
  const { key, run, attempt } = visit.token;
  const undoes = visit.undoes?.node;
  const { notes } = visit.log;
  const log = visit.log.close();
  if (outcome.type === 'step-succeeded') {
    const { type, patch, branch, result } = outcome; // most are, and one shape for all is quick
    return { type, patch, branch, result, key, run, attempt, claim, taskOf, begunAt, undoes, notes, log };
  }
  const said = outcome.type === 'step-failed' && undoes !== undefined ? { ...outcome, error: `undoing ${undoes}: ${outcome.error}` } : outcome;
  return { ...said, key, run, attempt, claim, taskOf, begunAt, undoes, notes, log };
}

/**
 * Records what came of a body, as long as that takes. What the database refuses for good is a failed attempt: the body would otherwise
 * run again at every look, for ever, and nobody would know why. `seen`: the values it saw.
 */
export async function recordOutcome(writer: ProcessWriter, visit: StepVisit, by: BodyClaim, outcome: BodyOutcome, seen?: JsonObject): Promise<void> {
  try {
    await writer.apply(visit.processId, outcomeEvent(visit, by, outcome), { seen, patient: true });
  } catch (error) {
    await recordRefusal(writer, visit, by, error);
  }
}

async function recordRefusal(writer: ProcessWriter, visit: StepVisit, by: BodyClaim, error: unknown): Promise<void> {
  const failed: BodyOutcome = { type: 'step-failed', error: `NotRecorded: ${describeError(error)}`, permanent: true };
  await writer.apply(visit.processId, outcomeEvent(visit, by, failed), { patient: true });
}
