import { Logger } from '@nestjs/common';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { BodyClaim } from './record-outcome.js';
import { Slots } from './slots.js';
import type { StepVisit } from './step-context.js';

/** A body that hangs, or takes long, does not keep the other suspects from running. */
const LONGEST_TURN_MS = 60_000;

/**
 * Runs suspects one at a time. A suspect is a body in whose step run workers have died twice. Each start of a suspect is recorded
 * before the body runs, so if the worker dies again it is known which body ran.
 */
export class SuspectTurns {
  private readonly slots = new Slots(1);
  /** The turns that have not ended, with what ends them. */
  private readonly limits = new Map<StepVisit, NodeJS.Timeout>();
  private readonly logger = new Logger('Workflow');

  constructor(private readonly writer: ProcessWriter) {}

  /** Calls `work` when the turn of this suspect comes. The caller ends the turn by giveBack(). */
  take(visit: StepVisit, work: () => void): void {
    visit.waitsFor = 'its turn: workers died in it before, so it runs with no other such step beside it';
    this.slots.take(() => {
      visit.waitsFor = undefined;
      this.limits.set(visit, setTimeout(() => this.giveBack(visit), LONGEST_TURN_MS).unref());
      work();
    });
  }

  /** Ends the turn of a suspect, once. */
  giveBack(visit: StepVisit): void {
    const limit = this.limits.get(visit);
    if (!limit) return;
    clearTimeout(limit);
    this.limits.delete(visit);
    this.slots.giveBack();
  }

  /** Records that the suspect begins. False: this worker has lost the step run meanwhile. */
  async began(visit: StepVisit, { claim, taskOf }: BodyClaim): Promise<boolean> {
    const { key, run, attempt, crashes } = visit.token;
    this.logger.warn(
      `${visit.workflow}.${visit.name} of process ${visit.processId} may be what kills its workers: ${crashes} died in it. It runs with no other suspect beside it.`,
    );
    const applied = await this.writer.apply(visit.processId, { type: 'suspect-began', key, run, attempt, claim, taskOf }, { patient: true });
    return applied?.change != null;
  }
}
