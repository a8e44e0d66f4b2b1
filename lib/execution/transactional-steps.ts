import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { isTaskWait } from '../core/wait.js';
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

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;

/** The visit is not ours any more: cancelled, restarted, taken over. What the body wrote goes with it, and there is nothing to record. */
class VisitLost extends Error {}

/** The body failed: what it wrote is rolled back, and the failure is recorded by itself. */
class BodyFailed extends Error {
  constructor(readonly outcome: BodyOutcome) {
    super();
  }
}

/**
 * Bodies that run inside the transaction that records them: what they write commits with their completion, or not at all. The guard of
 * the revision comes last, so that nothing of the engine is locked while user code runs.
 */
export class TransactionalSteps {
  constructor(
    private readonly parts: ExecutionParts,
    readonly turns: TransactionTurns,
  ) {}

  /** Called when it is the visit's turn. A transaction that came to nothing by no fault of the body runs again, and costs no attempt. */
  async run(visit: StepVisit, by: BodyClaim): Promise<void> {
    for (let losses = 1; !visit.isAborted; losses++) {
      try {
        return await this.once(visit, by);
      } catch (error) {
        if (error instanceof VisitLost) return;
        if (!isLost(error)) return recordOutcome(this.parts.writer, visit, by, failureOf(error));
        await pause(Math.min(FIRST_PAUSE_MS * 2 ** losses, LONGEST_PAUSE_MS));
      }
    }
  }

  private async once(visit: StepVisit, by: BodyClaim): Promise<void> {
    const { store, loader } = this.parts;
    await store.commits.transaction(async (transaction) => {
      const waits = by.taskOf === undefined ? [] : [visit.token.key];
      const loaded = await loader.load({ id: visit.processId, waits, messages: [], context: true });
      if (!loaded || !isOurs(loaded, by)) throw new VisitLost();
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

/** Only the body itself: asking, undoing and telling are no part of it. */
export function isTransactional({ token, bound }: StepVisit): boolean {
  if (token.does !== 'run') return false;
  const node = bound.definition.nodes.get(token.node);
  return node?.kind === 'step' && node.transactional;
}

function isOurs({ process, waits: [wait] }: Loaded, { claim, taskOf }: BodyClaim): boolean {
  if (taskOf === undefined) return process.claim === claim;
  return isTaskWait(wait) && wait.waitsFor.worker === taskOf && wait.token.claims === claim;
}

function isLost(error: unknown): boolean {
  return error instanceof TransactionLostError || error instanceof StoreUnavailableError;
}

/** What it gave cannot be stored; or its transaction could not be committed. */
function failureOf(error: unknown): BodyOutcome {
  if (error instanceof BodyFailed) return error.outcome;
  if (error instanceof WorkflowError) return { type: 'step-failed', error: describeError(error), permanent: true };
  return { type: 'step-failed', error: `TransactionFailed: ${reasonOf(error)}`, permanent: false };
}
