import type { EntityManager } from 'typeorm';
import { reasonOf } from '../values/reason.js';
import type { Change } from '../core/change.js';
import type { JsonObject } from '../values/json.js';
import type { ProcessStore } from '../store/process-store.js';
import { runBody } from './run-step.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import type { Clock, Timers } from '../values/clock.js';
import { conclude } from './conclude.js';
import type { BatchLoader } from '../writer/batch-loader.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { BodyResult } from './read-result.js';
import { decideOn, readAndDecide, snapshotOf, type Standing, valuesAfter } from '../writer/decide.js';
import type { StepVisit } from './step-context.js';
import type { Uncommitted } from '../writer/uncommitted.js';
import { type Speaker, speakerOf, tellOutcome } from './step-outcome.js';

/** Somebody else changed the process while the body ran: its writes are rolled back, and it runs again if it is still its turn. */
class Overtaken extends Error {
  override readonly message = 'others changed the process each time it was about to be recorded';
}
/** The visit is not ours any more: cancelled, restarted, taken over. What the body wrote goes with it, and there is nothing to record. */
class Lost extends Error {}
/** The body failed: what it wrote is rolled back, and the failure is recorded by itself. */
class BodyFailed extends Error {
  constructor(readonly result: BodyResult) {
    super();
  }
}

const MOST_TRIES = 10;

/** What the outcome makes of the process, and the values it met. */
type Made = { readonly change: Change | null; readonly context: JsonObject };

type Claim = Pick<Speaker, 'claim' | 'taskOf' | 'begunAt'>;

/**
 * Bodies that run inside the transaction that records them: what they write commits with their completion, or not at all.
 * The guard of the revision comes last, as the first of the closing statements, so that nothing of the engine is locked
 * while user code runs.
 */
export class TransactionalSteps {
  constructor(
    private readonly store: ProcessStore,
    private readonly loader: BatchLoader,
    private readonly writer: ProcessWriter,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly worker: string,
    private readonly uncommitted: Uncommitted,
  ) {}

  async run(bound: BoundWorkflow, visit: StepVisit, claim: Claim): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.once(bound, visit, claim);
      } catch (error) {
        if (error instanceof Lost) return;
        if (error instanceof Overtaken && tries < MOST_TRIES) continue;
        return await this.failed(visit, claim, resultOf(error));
      }
    }
  }

  private async once(bound: BoundWorkflow, visit: StepVisit, claim: Claim): Promise<void> {
    const { processId: id } = visit;
    const made = await this.store.transaction(async (transaction) => {
      const first = (await this.loader.load({ id, waits: [], messages: [], context: true }))!;
      visit.begin(first.process, transaction as EntityManager);
      const result = await runBody(bound, visit, first.context!, this.timers);
      if ('failed' in result || ('said' in result && result.said.said === 'fail')) throw new BodyFailed(result);
      const made = await this.decide(transaction, bound, id, result, speakerOf(visit, claim));
      if (!made.change) throw new Lost();
      if (await this.store.commitWithin(transaction, made.change)) throw new Overtaken();
      return { change: made.change, context: made.context };
    });
    this.writer.committedElsewhere(made.change, valuesAfter(made.context, made.change));
  }

  private async decide(transaction: unknown, bound: BoundWorkflow, id: string, result: BodyResult, speaker: Speaker): Promise<Made> {
    const read = async (waits: readonly string[]) =>
      this.uncommitted.onTop(transaction, id, snapshotOf((await this.loader.load({ id, waits, messages: [], context: true }))!, waits))!;
    return (await readAndDecide([speaker.token.key], read, (standing) => this.decideOn(bound, standing, result, speaker)))!;
  }

  private decideOn(bound: BoundWorkflow, standing: Standing, result: BodyResult, speaker: Speaker): Made {
    const { process, context } = standing;
    const told = tellOutcome(result, speaker)({ process, context, bound });
    if (told.type === 'step-failed') throw new BodyFailed({ failed: told.error, permanent: told.permanent });
    return { change: decideOn(bound, standing, told, this.worker, this.clock.now().getTime()), context };
  }

  private async failed(visit: StepVisit, claim: Claim, result: BodyResult): Promise<void> {
    await conclude(this.writer, visit.processId, result, speakerOf(visit, claim));
  }
}

function resultOf(error: unknown): BodyResult {
  if (error instanceof BodyFailed) return error.result;
  return { failed: `TransactionFailed: ${reasonOf(error)}`, permanent: false };
}
