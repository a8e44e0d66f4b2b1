import { Logger } from '@nestjs/common';
import { besideIt, runsAlone, SUSPECTS_AT_ONCE } from '../core/suspicion.js';
import { Fifo } from '../values/fifo.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import { saidAbout } from '../values/log-fields.js';
import { visitFields } from './label-logs.js';
import type { BodyClaim } from './record-outcome.js';
import type { StepVisit } from './step-context.js';
import { clearTimeout, setTimeout } from '../values/timers.js';

/** A body that hangs, or takes long, does not keep the other suspects from running. */
const LONGEST_TURN_MS = 60_000;

/** A turn that has not begun. */
interface WaitingTurn {
  readonly size: number;
  readonly begin: () => void;
}

/**
 * Runs few suspects at a time, and one that has to run alone with no other suspect beside it. A suspect is a body in whose step run workers
 * have died twice. Each start of a suspect is recorded before the body runs, so if the worker dies again it is known which bodies ran.
 */
export class SuspectTurns {
  private free = SUSPECTS_AT_ONCE;
  private readonly line = new Fifo<WaitingTurn>();
  /** The turns that have not ended, with what ends them. */
  private readonly limits = new Map<StepVisit, NodeJS.Timeout>();
  private readonly logger = new Logger('Workflow');

  constructor(private readonly writer: ProcessWriter) {}

  /** Calls `work` when the turn of this suspect comes. The caller ends the turn by giveBack(). */
  take(visit: StepVisit, work: () => void): void {
    visit.waitsFor = 'its turn: workers died in it before, so few other such steps run beside it';
    const begin = () => {
      visit.waitsFor = undefined;
      this.limits.set(visit, setTimeout(() => this.giveBack(visit), LONGEST_TURN_MS).unref());
      work();
    };
    this.line.push({ size: placesFor(visit), begin });
    this.beginNext();
  }

  /** Ends the turn of a suspect, once. */
  giveBack(visit: StepVisit): void {
    const limit = this.limits.get(visit);
    if (!limit) return;
    clearTimeout(limit);
    this.limits.delete(visit);
    this.free += placesFor(visit);
    this.beginNext();
  }

  /** In order: one that has to run alone is not overtaken by smaller ones. */
  private beginNext(): void {
    for (let next = this.line.next; next && next.size <= this.free; next = this.line.next) {
      this.line.shift();
      this.free -= next.size;
      next.begin();
    }
  }

  /** Records that the suspect begins. False: this worker has lost the step run meanwhile. */
  async began(visit: StepVisit, { claim, taskOf }: BodyClaim): Promise<boolean> {
    const { key, run, attempt, crashes } = visit.token;
    saidAbout(visitFields(visit), () =>
      this.logger.warn(
        `${visit.workflow}.${visit.name} of process ${visit.processId} may be what kills its workers: ${crashes} died in it. It runs with ${besideIt(visit.token)}.`,
      ),
    );
    const applied = await this.writer.apply(visit.processId, { type: 'suspect-began', key, run, attempt, claim, taskOf }, { patient: true });
    return applied?.change != null;
  }
}

/** How much of the room of a worker for suspects a body takes. The token of a visit does not change. */
function placesFor({ token }: StepVisit): number {
  return runsAlone(token) ? SUSPECTS_AT_ONCE : 1;
}
