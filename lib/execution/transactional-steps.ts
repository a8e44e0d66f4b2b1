import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { isSameBody } from '../core/runnable.js';
import { isTaskWait } from '../core/wait.js';
import { stepsOf } from '../definition/graph.js';
import type { Loaded } from '../store/port.js';
import { TransactionLostError } from '../store/transaction-lost.js';
import { describeError } from '../values/describe-error.js';
import { StoreUnavailableError, WorkflowError } from '../values/errors.js';
import { reasonOf } from '../values/reason.js';
import type { ExecutionParts } from './execution-parts.js';
import type { BodyOutcome } from './read-result.js';
import { type BodyClaim, outcomeEvent, recordOutcome } from './record-outcome.js';
import { runBody } from './run-step.js';
import type { StepVisit } from './step-context.js';
import type { TransactionTurns } from './transaction-turns.js';

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 5000;

/** This worker lost the step run: cancelled, restarted, or taken over. The writes of the body are rolled back, and there is nothing to record. */
class VisitLost extends Error {}

/** The body failed: what it wrote is rolled back, and the failure is recorded in a commit of its own. */
class BodyFailed extends Error {
  constructor(readonly outcome: BodyOutcome) {
    super();
  }
}

/**
 * Runs bodies inside the transaction that records them: what they write commits with their completion, or not at all. The revision is
 * checked last, so that no row of the engine is locked while user code runs.
 */
export class TransactionalSteps {
  constructor(
    private readonly parts: ExecutionParts,
    readonly turns: TransactionTurns,
  ) {}

  /** Called when it is the step run's turn. A transaction lost through no fault of the body runs again, and costs no attempt. */
  async run(visit: StepVisit, by: BodyClaim): Promise<void> {
    for (let losses = 1; !visit.isAborted; losses++) {
      try {
        return await this.once(visit, by);
      } catch (error) {
        if (error instanceof VisitLost) return this.lookAgain(visit);
        if (!isLostTransaction(error)) return void (await recordOutcome(this.parts.writer, visit, by, failedOutcome(error)));
        await pause(Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** losses, LONGEST_PAUSE_MS)); // random, so that rivals do not collide again
      }
    }
  }

  /** Another instance has changed the process, and this one knows an older state: acting on that would run the body again and again. */
  private async lookAgain({ processId }: StepVisit): Promise<void> {
    const { writer } = this.parts;
    writer.forget(processId);
    await writer.tryToApply(processId, { type: 'claimed' });
  }

  private async once(visit: StepVisit, by: BodyClaim): Promise<void> {
    const { store, loader, worker } = this.parts;
    await store.commits.transaction(async (transaction) => {
      const waits = by.taskOf === undefined ? [] : [visit.token.key];
      const loaded = await loader.loadWithin(transaction, { id: visit.processId, waits, messages: [], context: true });
      if (!loaded || !isOurs(loaded, visit, by, worker)) throw new VisitLost();
      visit.begin(loaded.process, transaction as EntityManager);
      const outcome = await runBody(visit, loaded.context!, this.parts);
      if (outcome.type === 'step-failed') throw new BodyFailed(outcome);
      await this.record(visit, by, outcome, transaction);
    });
  }

  private async record(visit: StepVisit, by: BodyClaim, outcome: BodyOutcome, manager: unknown): Promise<void> {
    const { commands, worker } = this.parts;
    const applied = await commands.applyWithin(visit.processId, outcomeEvent(visit, by, outcome), { strict: true }, { manager, worker });
    if (!applied?.change) throw new VisitLost();
  }
}

/** True for the body of a transactional step and its compensation, but not for a request or a reminder. */
export function isTransactional({ token, bound, undoes, does }: StepVisit): boolean {
  if (does === 'request') return false;
  const step = token.does === 'run' ? token.node : undoes?.node;
  const node = step === undefined ? undefined : bound.definition.nodes.get(step);
  return node?.kind === 'step' && node.transactional;
}

/** True for a body that may need a transaction. What an undo undoes next is known only once it has begun. */
export function mayNeedTransaction(visit: StepVisit): boolean {
  if (visit.token.does !== 'undo') return isTransactional(visit);
  return stepsOf(visit.bound.definition).some(({ transactional, compensates }) => transactional && compensates);
}

function isOurs({ process, waits: [wait] }: Loaded, { token }: StepVisit, { claim, taskOf }: BodyClaim, worker: string): boolean {
  if (taskOf !== undefined) return isTaskWait(wait) && wait.waitsFor.worker === taskOf && wait.token.claims === claim;
  return process.worker === worker && process.claim === claim && process.tokens.some((other) => isSameBody(other, token));
}

function isLostTransaction(error: unknown): boolean {
  return error instanceof TransactionLostError || error instanceof StoreUnavailableError;
}

/** The outcome of a body that failed, gave a result that cannot be stored, or whose transaction could not be committed. */
function failedOutcome(error: unknown): BodyOutcome {
  if (error instanceof BodyFailed) return error.outcome;
  if (error instanceof WorkflowError) return { type: 'step-failed', error: describeError(error), permanent: true };
  return { type: 'step-failed', error: `TransactionFailed: ${reasonOf(error)}`, permanent: false };
}
