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
import type { Change } from '../core/change.js';
import { messagesOfEvent, waitsOfEvent } from '../core/events.js';
import type { Rejection } from '../store/port.js';
import type { Clock } from '../values/clock.js';
import { ProcessAlreadyLiveError } from '../values/errors.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import { type BatchDecision, decideBatch, type KnownProcess, type ProcessReading } from './decide.js';
import type { PendingEvent } from './pending-event.js';

/** Reads and commits one process for the write path. */
export interface CommitTarget {
  /** The worker that decides, and takes the process if something in it can run; null: no worker takes it. */
  worker(): string | null;
  /** True if that worker may take the process, within its limit. */
  hasRoom(): boolean;
  /** The process with these rows; null: there is none. From memory without a promise, else from the store. */
  read(waits: readonly string[], messages: readonly string[]): Promise<ProcessReading | null> | ProcessReading | null;
  commit(change: Change): Promise<Rejection | null>;
  /** The change is committed, and the answers follow. */
  committed(change: Change, known: KnownProcess): void;
  /** No event applied. False: the state may be old, so read and decide again before answering. */
  seen(known: KnownProcess | null): boolean;
  /** The database has refused the change. */
  refused(): void;
  /** Another writer was faster. Resolves when it is time to read and decide again. @throws if the target gives up */
  overtaken(rejection: Rejection): Promise<void> | void;
  /** The store did not answer, so the change may or may not be stored. Answers the events, or has them tried again. */
  failed(batch: readonly PendingEvent[], error: unknown): Promise<void> | void;
  /** The batch is done with. */
  written(): void;
}

export class WritePath {
  constructor(
    private readonly registry: WorkflowRegistry,
    private readonly clock: Clock,
  ) {}

  /** Resolves when each event has its answer, or `target` has taken it back. Never rejects. `isPart`: one event of a batch that is written one by one. */
  async write(target: CommitTarget, batch: readonly PendingEvent[], isPart = false): Promise<void> {
    try {
      let waits = waitsOfBatch(batch);
      for (let isOver = false; !isOver;) {
        const found = target.read(waits, messagesOfBatch(batch)); // a reading from memory needs no await
        const reading = found instanceof Promise ? await found : found;
        const decision = decideBatch(this.registry, reading, batch, { worker: target.worker(), hasRoom: target.hasRoom(), now: this.clock.now().getTime() });
        if ('needs' in decision)
          waits = [...waits, ...decision.needs]; // reads these as well, and decides again
        else if (decision.total === null) isOver = target.seen(decision.known) && answerEvents(decision);
        else {
          const rejection = await target.commit(decision.total);
          isOver = rejection === null ? committed(target, decision) : await this.rejected(target, batch, decision, rejection);
        }
      }
    } catch (error) {
      await target.failed(batch, error);
    }
    if (!isPart) target.written();
  }

  /** False: the batch must be decided again. */
  private async rejected(target: CommitTarget, batch: readonly PendingEvent[], decision: BatchDecision, rejection: Rejection): Promise<boolean> {
    if (rejection.reason !== 'stale') await this.refuse(target, batch, decision, rejection);
    else await target.overtaken(rejection);
    return rejection.reason !== 'stale';
  }

  /** Refuses only the event at fault: several events are tried again one by one. */
  private async refuse(target: CommitTarget, batch: readonly PendingEvent[], { decided, refused }: BatchDecision, rejection: Rejection): Promise<void> {
    target.refused();
    if (batch.length > 1) {
      for (const each of batch) await this.write(target, [each], true);
      return;
    }
    for (const { pending } of decided) pending.reject(errorOf(rejection));
    for (const { pending, error } of refused) pending.reject(error);
  }
}

function committed(target: CommitTarget, decision: BatchDecision): true {
  target.committed(decision.total!, decision.known!);
  return answerEvents(decision);
}

function answerEvents({ decided, refused }: BatchDecision): true {
  for (const { pending, change, process } of decided) pending.resolve(process && { process, change });
  for (const { pending, error } of refused) pending.reject(error);
  return true;
}

/** The error for the caller. The change is definitely not stored. */
function errorOf({ reason, change, error }: Rejection): unknown {
  return reason === 'refused' ? error : new ProcessAlreadyLiveError(change.process.id, change.process.workflow, change.process.groupId);
}

const NO_KEYS: readonly string[] = [];

function waitsOfBatch(batch: readonly PendingEvent[]): readonly string[] {
  return batch.length === 1 ? waitsOfOne(batch[0]!) : [...new Set(batch.flatMap(waitsOfOne))];
}

function waitsOfOne({ event }: PendingEvent): readonly string[] {
  return event.type === 'started' ? NO_KEYS : waitsOfEvent(event);
}

function messagesOfBatch(batch: readonly PendingEvent[]): readonly string[] {
  return batch.length === 1 ? messagesOfOne(batch[0]!) : [...new Set(batch.flatMap(messagesOfOne))];
}

function messagesOfOne({ event }: PendingEvent): readonly string[] {
  return event.type === 'started' ? NO_KEYS : messagesOfEvent(event);
}
