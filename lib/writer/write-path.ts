/**
 * The only path by which a process changes: read, decide, commit; and again if another writer was faster.
 *
 *   events ──▶ read ──▶ decide ──▶ commit ──▶ what follows, answers
 *               ▲         │ needs     │ stale
 *               └─────────┴───────────┘
 *
 * There are two kinds of commits, each a {@link CommitTarget}: the shared group commit (`process-queue.ts`), and a transaction of
 * the application or of a transactional step (`transaction-target.ts`).
 */
import type { ProcessLimits } from '../context/process-limits.js';
import type { Rejection } from '../store/port.js';
import type { Clock } from '../values/clock.js';
import { ProcessAlreadyLiveError } from '../values/errors.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import { messagesOfBatch, waitsOfBatch } from './batch-needs.js';
import type { CommitTarget } from './commit-target.js';
import { type BatchDecision, decideBatch, type ProcessReading } from './decide.js';
import type { CommitAnswer } from './group-commit.js';
import type { PendingEvent } from './pending-event.js';

/**
 * Gives each event its answer, or the target takes it back, and then calls `written()` of the target. Works with calls instead of
 * promises: most batches are decided from memory, and each step of each process comes this way.
 */
export class WritePath {
  constructor(
    readonly registry: WorkflowRegistry,
    readonly clock: Clock,
    readonly limits: ProcessLimits,
  ) {}

  write(target: CommitTarget, batch: readonly PendingEvent[]): void {
    new BatchWrite(this, target, batch).go();
  }
}

/** One batch on its way. */
class BatchWrite implements CommitAnswer {
  private waits: readonly string[];
  private decision: BatchDecision | undefined;

  constructor(
    private readonly path: WritePath,
    private readonly target: CommitTarget,
    private readonly batch: readonly PendingEvent[],
    /** Called at the end of one event of a batch that is written one by one. */
    private readonly partDone?: () => void,
  ) {
    this.waits = waitsOfBatch(batch);
  }

  /** Reads, and decides. A reading from memory comes at once. */
  go(): void {
    try {
      const found = this.target.read(this.waits, messagesOfBatch(this.batch));
      if (found instanceof Promise)
        found.then((reading) => this.decideGuarded(reading), (error: unknown) => this.failed(error)); // prettier-ignore
      else this.decide(found);
    } catch (error) {
      this.failed(error);
    }
  }

  private decideGuarded(reading: ProcessReading | null): void {
    try {
      this.decide(reading);
    } catch (error) {
      this.failed(error);
    }
  }

  private decide(reading: ProcessReading | null): void {
    const { target, batch } = this;
    const { registry, clock, limits } = this.path;
    const decision = decideBatch(registry, reading, batch, { worker: target.worker(), hasRoom: target.hasRoom(), now: clock.now().getTime(), limits });
    if ('needs' in decision) {
      this.waits = [...this.waits, ...decision.needs]; // reads these as well, and decides again
      return this.go();
    }
    this.decision = decision;
    if (decision.total !== null) return target.commit(decision.total, this);
    if (!target.seen(decision.known)) return this.go();
    answerEvents(decision);
    this.end();
  }

  /* ------------------------------------------------------------------ after the commit ---- */

  /** Called with the answer of the store: null, or why the change was not applied. */
  answered(rejection: Rejection | null): void {
    if (rejection !== null) return void this.rejected(this.decision!, rejection).catch((error: unknown) => this.failed(error));
    try {
      this.target.committed(this.decision!.total!, this.decision!.known!);
      answerEvents(this.decision!);
      this.end();
    } catch (error) {
      this.failed(error);
    }
  }

  /** It is not known what the store did. */
  failed(error: unknown): void {
    const handled = this.target.failed(this.batch, error);
    if (handled instanceof Promise) void handled.then(() => this.end());
    else this.end();
  }

  private end(): void {
    if (this.partDone) this.partDone();
    else this.target.written();
  }

  private async rejected(decision: BatchDecision, rejection: Rejection): Promise<void> {
    if (rejection.reason === 'stale') {
      await this.target.overtaken(rejection);
      return this.go();
    }
    this.target.refused();
    if (this.batch.length > 1) await this.writeParts();
    else rejectAll(decision, rejection);
    this.end();
  }

  /** Only the event at fault is refused: several events are tried again one by one. */
  private async writeParts(): Promise<void> {
    for (const each of this.batch) await new Promise<void>((resolve) => new BatchWrite(this.path, this.target, [each], resolve).go());
  }
}

function answerEvents({ decided, refused }: BatchDecision): void {
  for (const { pending, change, process } of decided) pending.resolve(process && { process, change });
  for (const { pending, error } of refused) pending.reject(error);
}

function rejectAll({ decided }: BatchDecision, rejection: Rejection): void {
  for (const { pending } of decided) pending.reject(errorOf(rejection));
}

/** The error for the caller. The change is definitely not stored. */
function errorOf({ reason, change, error }: Rejection): unknown {
  return reason === 'refused' ? error : new ProcessAlreadyLiveError(change.process.id, change.process.workflow, change.process.groupId);
}
