/**
 * The only path by which a process changes: read, decide, commit; and again if others were faster.
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

/** Where events of one process are read and committed. */
export interface CommitTarget {
  /** The worker that decides, and takes the process if something in it can run; null: nobody takes it. */
  worker(): string | null;
  /** Has that worker room for the process? It has for one that it holds. */
  hasRoom(): boolean;
  /** The process with these rows; null: there is none. From memory at once, else from the store. */
  read(waits: readonly string[], messages: readonly string[]): Promise<ProcessReading | null> | ProcessReading | null;
  commit(change: Change): Promise<Rejection | null>;
  /** The change is committed, and the answers follow. */
  committed(change: Change, known: KnownProcess): void;
  /** Nothing applied. False: what was read may be old, and it has to be read again before that may be said. */
  seen(known: KnownProcess | null): boolean;
  /** The database does not take the change. */
  refused(): void;
  /** Others were faster. Resolves when it is time to read and decide again. @throws if it has lost too often */
  overtaken(rejection: Rejection): Promise<void> | void;
  /** The store did not answer: nobody knows whether it was done. Answers the events, or sees to it that they are tried again. */
  failed(batch: readonly PendingEvent[], error: unknown): Promise<void> | void;
  /** All of that is over. */
  written(): void;
}

export class WritePath {
  constructor(
    private readonly registry: WorkflowRegistry,
    private readonly clock: Clock,
  ) {}

  /** Resolves when each of the events has its answer, or `target` has taken it back. Never rejects. `isPart`: of a batch that is written one by one. */
  async write(target: CommitTarget, batch: readonly PendingEvent[], isPart = false): Promise<void> {
    try {
      let waits = waitsOf(batch);
      for (let isOver = false; !isOver;) {
        const found = target.read(waits, messagesOf(batch)); // what is in memory is not waited for
        const reading = found instanceof Promise ? await found : found;
        const decision = decideBatch(this.registry, reading, batch, { worker: target.worker(), hasRoom: target.hasRoom(), now: this.clock.now().getTime() });
        if ('needs' in decision)
          waits = [...waits, ...decision.needs]; // that is read as well, and it is decided again
        else if (decision.total === null) isOver = target.seen(decision.known) && answer(decision);
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

  /** False: it has to be decided again. */
  private async rejected(target: CommitTarget, batch: readonly PendingEvent[], decision: BatchDecision, rejection: Rejection): Promise<boolean> {
    if (rejection.reason !== 'stale') await this.refuse(target, batch, decision, rejection);
    else await target.overtaken(rejection);
    return rejection.reason !== 'stale';
  }

  /** Of several events only the one at fault is refused: they are tried again one by one. */
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
  return answer(decision);
}

function answer({ decided, refused }: BatchDecision): true {
  for (const { pending, change, process } of decided) pending.resolve(process && { process, change });
  for (const { pending, error } of refused) pending.reject(error);
  return true;
}

/** Definite: the database has said no. */
function errorOf({ reason, change, error }: Rejection): unknown {
  return reason === 'refused' ? error : new ProcessAlreadyLiveError(change.process.id, change.process.workflow, change.process.groupId);
}

const NO_KEYS: readonly string[] = [];

function waitsOf(batch: readonly PendingEvent[]): readonly string[] {
  return batch.length === 1 ? waitsOfOne(batch[0]!) : [...new Set(batch.flatMap(waitsOfOne))];
}

function waitsOfOne({ event }: PendingEvent): readonly string[] {
  return event.type === 'started' ? NO_KEYS : waitsOfEvent(event);
}

function messagesOf(batch: readonly PendingEvent[]): readonly string[] {
  return batch.length === 1 ? messagesOfOne(batch[0]!) : [...new Set(batch.flatMap(messagesOfOne))];
}

function messagesOfOne({ event }: PendingEvent): readonly string[] {
  return event.type === 'started' ? NO_KEYS : messagesOfEvent(event);
}
