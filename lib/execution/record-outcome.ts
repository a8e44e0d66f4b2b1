import type { OutcomeEvent } from '../core/events.js';
import { describeError } from '../values/describe-error.js';
import type { JsonObject } from '../values/json.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { BodyOutcome } from './read-result.js';
import type { StepVisit } from './step-context.js';

/** The claim under which a body ran: that of its process, or that of its queued task with the worker. */
export interface BodyClaim {
  readonly claim: number;
  readonly taskOf?: string;
  /** When the body began, ms. */
  readonly begunAt?: number;
}

/** The event that records an outcome, with the notes and log lines of the body. */
export function outcomeEvent(visit: StepVisit, { claim, taskOf, begunAt }: BodyClaim, outcome: BodyOutcome): OutcomeEvent<object> {
  const { key, run, attempt } = visit.token;
  const undoes = visit.undoes ? { step: visit.undoes.node, run: visit.undoes.run } : undefined;
  const { sends } = visit;
  const { notes } = visit.log;
  const log = visit.log.close();
  if (outcome.type === 'step-succeeded') {
    const { type, patch, branch, result } = outcome; // the most frequent outcome: one object shape is fast
    return { type, patch, branch, result, key, run, attempt, claim, taskOf, begunAt, undoes, notes, log, sends };
  }
  const said = outcome.type === 'step-failed' && undoes !== undefined ? { ...outcome, error: `undoing ${undoes.step}: ${outcome.error}` } : outcome;
  return { ...said, key, run, attempt, claim, taskOf, begunAt, undoes, notes, log, sends };
}

/**
 * Records the outcome of a body, however long that takes. An outcome that the database refuses for good becomes a failed attempt:
 * otherwise the body would run again at every look, for ever, without a reason on record. `seen`: the values that the body saw.
 */
export function recordOutcome(writer: ProcessWriter, visit: StepVisit, by: BodyClaim, outcome: BodyOutcome, seen?: JsonObject): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const refused = (error: unknown) => void recordRefusal(writer, visit, by, error).then(resolve, reject);
    writer.add(visit.processId, { event: outcomeEvent(visit, by, outcome), options: { seen, patient: true }, resolve, reject: refused });
  });
}

function recordRefusal(writer: ProcessWriter, visit: StepVisit, by: BodyClaim, error: unknown): Promise<unknown> {
  const failed: BodyOutcome = { type: 'step-failed', error: `NotRecorded: ${describeError(error)}`, permanent: true };
  return writer.apply(visit.processId, outcomeEvent(visit, by, failed), { patient: true });
}
