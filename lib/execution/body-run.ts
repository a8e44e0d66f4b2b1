import { Logger } from '@nestjs/common';
import { isSuspect } from '../core/suspicion.js';
import { isEventToken } from '../core/token.js';
import { describeError } from '../values/describe-error.js';
import type { JsonObject } from '../values/json.js';
import { nextToUndo } from './compensation.js';
import type { ExecutionParts } from './execution-parts.js';
import { addOutcome, type BodyClaim, type RecordAnswer } from './record-outcome.js';
import type { BodyOutcome } from './read-result.js';
import { runBody } from './run-step.js';
import type { RunningProcess } from './running-process.js';
import type { WaitingWork } from './slots.js';
import type { StepVisit } from './step-context.js';
import type { SuspectTurns } from './suspect-turns.js';
import { isTransactional, type TransactionalSteps } from './transactional-steps.js';

/** The runner of the body. */
export interface BodyHost {
  readonly parts: ExecutionParts;
  readonly transactional: TransactionalSteps;
  readonly suspects: SuspectTurns;
  readonly isStopped: boolean;
  /** The event was handled, and its outcome is being recorded: the next may begin. */
  beginNextEvent(run: BodyRun): void;
  /** Once for each body that has begun. */
  ended(run: BodyRun): void;
}

const logger = new Logger('Workflow');
const ALL_UNDONE: BodyOutcome = { type: 'all-undone' };
const NEXT_TURN = Promise.resolve();

/**
 * One body from its slot to the record of its outcome:
 *
 *   begin ──▶ prepare ──▶ perform ──▶ record ──▶ end
 *
 * Works with calls instead of promises, because each step of each process comes this way, and mostly there is nothing to wait for but the commit.
 */
export class BodyRun implements WaitingWork, RecordAnswer {
  private isOver = false;

  constructor(
    private readonly host: BodyHost,
    readonly running: RunningProcess,
    readonly visit: StepVisit,
    readonly by: BodyClaim,
  ) {}

  begin(): void {
    const { visit, host } = this;
    host.parts.activity.begin();
    visit.waitsFor = undefined;
    visit.holdsSlot = true;
    if (host.isStopped || visit.isAborted) return void NEXT_TURN.then(() => this.end()); // it was in line; the next in line must not be called from within this call
    try {
      const preparing = this.prepare();
      if (preparing) this.after(preparing, (goesOn) => (goesOn ? this.perform() : this.end()));
      else this.perform();
    } catch (error) {
      this.notRecorded(error);
    }
  }

  /** Undefined: there is nothing to read or to record before the body. False: the body does not run now. */
  private prepare(): Promise<boolean> | undefined {
    const { visit, by, running } = this;
    const { pauses, inputs } = this.host.parts;
    const pause = pauses.areThere ? pauses.over(visit, by) : undefined;
    if (pause) return pauses.holdBack(pause, visit, by).then(() => false);
    if (isSuspect(visit.token) || visit.token.does === 'undo') return this.prepareRare();
    return inputs.bring(visit, running)?.then(() => true);
  }

  private async prepareRare(): Promise<boolean> {
    const { visit, by, running, host } = this;
    if (isSuspect(visit.token) && !(await host.suspects.began(visit, by))) return false;
    if (visit.token.does === 'undo') visit.undoes = await nextToUndo(host.parts.store.queries, running, visit.token);
    await host.parts.inputs.bring(visit, running);
    return true;
  }

  private perform(): void {
    const { visit, by, running, host } = this;
    if (isTransactional(visit)) return this.after(host.transactional.run(visit, by), () => this.end());
    const seen = running.valuesOnTop(host.parts.writer.known(running.id)?.context);
    if (seen) return this.call(seen);
    if (running.isAhead) return this.end(); // what it would have to see is being recorded: after that it begins
    this.after(this.stored(), (context) => this.call(context));
  }

  private async stored(): Promise<JsonObject> {
    return (await this.host.parts.loader.load({ id: this.running.id, waits: [], messages: [], context: true }))?.context ?? {};
  }

  private call(seen: JsonObject): void {
    const { visit, host } = this;
    const outcome = visit.token.does === 'undo' && !visit.undoes ? ALL_UNDONE : runBody(visit, seen, host.parts);
    if (outcome instanceof Promise) this.after(outcome, (later) => this.record(later, seen));
    else this.record(outcome, seen);
  }

  private record(outcome: BodyOutcome, seen: JsonObject): void {
    const { visit, by, running, host } = this;
    addOutcome(host.parts.writer, visit, by, outcome, seen, this);
    if (isEventToken(visit.token) && !visit.isAborted && running.goAhead(visit, outcome)) host.beginNextEvent(this);
  }

  private after<T>(work: Promise<T>, then: (done: T) => void): void {
    work.then(then).catch((error: unknown) => this.notRecorded(error));
  }

  /* ---------------------------------------------------------------------------- end ---- */

  recorded(): void {
    this.end();
  }

  /** It is not known what is stored, so the next look reads it. */
  notRecorded(_error: unknown): void {
    this.host.parts.writer.forget(this.running.id);
    this.end();
  }

  /** An error here is a fault of ours. It must not reach the commit, which would take it for one of its own, and answer the other events again. */
  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    try {
      this.host.ended(this);
    } catch (error) {
      logger.error(`What follows the end of a body failed: ${describeError(error)}`);
    }
  }
}
