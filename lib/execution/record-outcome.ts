import type { OutcomeEvent } from '../core/events.js';
import { describeError } from '../values/describe-error.js';
import type { JsonObject } from '../values/json.js';
import type { ApplyOptions, PendingEvent } from '../writer/pending-event.js';
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

/** Is told when an outcome is on record, or no longer applied; or that it is not known what was recorded. */
export interface RecordAnswer {
  recorded(): void;
  notRecorded(error: unknown): void;
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
export function recordOutcome(writer: ProcessWriter, visit: StepVisit, by: BodyClaim, outcome: BodyOutcome, seen?: JsonObject): Promise<void> {
  return new Promise((recorded, notRecorded) => addOutcome(writer, visit, by, outcome, seen, { recorded, notRecorded }));
}

/** The same with calls instead of a promise. */
export function addOutcome(
  writer: ProcessWriter,
  visit: StepVisit,
  by: BodyClaim,
  outcome: BodyOutcome,
  seen: JsonObject | undefined,
  answer: RecordAnswer,
): void {
  writer.add(visit.processId, new OutcomeToRecord(writer, visit, by, outcomeEvent(visit, by, outcome), { seen, patient: true }, answer));
}

class OutcomeToRecord implements PendingEvent {
  constructor(
    private readonly writer: ProcessWriter,
    private readonly visit: StepVisit,
    private readonly by: BodyClaim,
    readonly event: OutcomeEvent<object>,
    readonly options: ApplyOptions,
    private readonly answer: RecordAnswer,
  ) {}

  resolve(): void {
    this.answer.recorded();
  }

  /** Records the refusal. */
  reject(error: unknown): void {
    const { writer, visit, by, answer } = this;
    const failed: BodyOutcome = { type: 'step-failed', error: `NotRecorded: ${describeError(error)}`, permanent: true };
    const refusal = writer.apply(visit.processId, outcomeEvent(visit, by, failed), { patient: true });
    refusal.then(() => answer.recorded(), (unknown: unknown) => answer.notRecorded(unknown)); // prettier-ignore
  }
}
