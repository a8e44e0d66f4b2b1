/**
 * Looks for unattended work: due times, free processes and tasks, those whose worker is gone, and messages that missed their wait. Every
 * worker sweeps; no leader is needed, because looking twice is harmless. The sweep is the safety net under everything that is normally
 * announced at once. Due times and dead workers are noticed by the sweep alone.
 */
import type { TaskRunner } from '../execution/task-runner.js';
import type { ChildCanceller } from '../messaging/child-canceller.js';
import type { ChildStarter } from '../messaging/child-starter.js';
import type { MessageRouter } from '../messaging/message-router.js';
import type { OutboxTransmitter } from '../outbox/outbox-transmitter.js';
import type { WorkThere } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import type { NewWork } from '../values/announcer.js';
import type { Clock, Timers } from '../values/clock.js';
import type { DefinitionCatalog } from '../workflows/definition-catalog.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { ClaimLimit } from '../writer/claim-limit.js';
import type { DueWork } from './due-work.js';
import type { EndedOperations } from './ended-operations.js';
import type { FinishedProcesses } from './finished-processes.js';
import type { FreeProcesses } from './free-processes.js';
import type { Heartbeat } from './heartbeat.js';
import type { EngineSettings } from './settings.js';
import type { PauseWatch } from './pause-watch.js';
import { reportTasks } from './queue-rates.js';
import { RegularWork } from './regular-work.js';
import { SweepAge } from './sweep-age.js';
import type { WorkerRecovery } from './worker-recovery.js';

/** The parts that a sweep needs. */
export interface SweeperParts {
  readonly settings: EngineSettings;
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly due: DueWork;
  readonly free: FreeProcesses;
  readonly limit: ClaimLimit;
  readonly heartbeat: Heartbeat;
  readonly worker: string;
  readonly tasks: TaskRunner;
  readonly recovery: WorkerRecovery;
  readonly messages: MessageRouter;
  readonly children: ChildStarter;
  readonly orphans: ChildCanceller;
  readonly outboxTransmitter: OutboxTransmitter;
  readonly definitions: DefinitionCatalog;
  readonly finished: FinishedProcesses;
  readonly endedOperations: EndedOperations;
  readonly pauseWatch: PauseWatch;
  /** Takes bulk runs that no instance works on. */
  readonly lookForBulk: () => Promise<void>;
  readonly clock: Clock;
  readonly timers: Timers;
}

const AT_ONCE = 200;
const LOOKS_PER_SWEEP = 10;
const LATE_ROW_MS = 10_000;

export class Sweeper {
  readonly age = new SweepAge();
  private readonly regular: RegularWork;
  private definedAt = 0;

  constructor(private readonly parts: SweeperParts) {
    this.regular = new RegularWork(parts.timers);
  }

  async start(): Promise<void> {
    const { heartbeatMs, sweepMs } = this.parts.settings;
    this.regular.begin();
    this.age.begin();
    await this.lookAround().catch((error: unknown) => this.regular.complain(error));
    this.regular.every(heartbeatMs, () => this.parts.heartbeat.beatHere()); // on its own timer: a long lookAround() would delay the next beat
    this.regular.every(heartbeatMs, () => this.lookAround());
    this.regular.every(heartbeatMs, () => this.parts.finished.sweep()); // each on a timer of its own: it may have much to delete, or fail
    this.regular.every(heartbeatMs, () => this.parts.endedOperations.sweep());
    this.regular.every(sweepMs, () => this.look());
    this.regular.every(sweepMs * LOOKS_PER_SWEEP, () => this.sweepMessages());
    await this.sweep().catch((error: unknown) => this.regular.complain(error));
  }

  /** For an instance that runs nothing: it keeps to the time of the store. */
  async startClock(): Promise<void> {
    this.regular.begin();
    this.age.begin();
    await this.measure().catch((error: unknown) => this.regular.complain(error));
    this.regular.every(this.parts.settings.sweepMs, () => this.measure());
  }

  private async measure(): Promise<void> {
    const there = await this.parts.store.maintenance.workAt(0, []);
    this.parts.heartbeat.measured(there.now);
    await this.learn(there);
  }

  /** Says at once that this worker is gone, so that others take over without delay. */
  async stop(): Promise<void> {
    this.pause();
    await this.parts.heartbeat.stop();
  }

  pause(): void {
    this.regular.stop();
    this.age.stop();
  }

  /** Called when a due time has come. */
  sweepSoon(): void {
    this.regular.guarded(() => this.parts.due.look());
  }

  /** Called when the moment of an event has come. */
  emitScheduledSoon(): void {
    this.regular.guarded(() => this.parts.messages.emitScheduled(AT_ONCE));
  }

  async sweep(): Promise<void> {
    await this.parts.pauseWatch.run();
    await this.parts.lookForBulk();
    await this.parts.due.fire();
    await this.parts.free.take();
    await this.parts.due.notify();
    await this.parts.messages.emitScheduled(AT_ONCE);
    this.parts.outboxTransmitter.lookSoon();
    await this.sweepMessages();
  }

  /** One statement says whether there is any work; mostly there is none. */
  private async look(): Promise<void> {
    const { store, registry, free } = this.parts;
    const there = await store.maintenance.workAt(this.now(), registry.queues());
    if (there.due) await this.parts.due.fire();
    if (there.free) await free.take();
    else this.parts.limit.backlogIs(false);
    if (there.ready) await this.parts.due.notify();
    if (there.scheduled) await this.parts.messages.emitScheduled(AT_ONCE);
    if (there.untransmitted) this.parts.outboxTransmitter.lookSoon();
    if (there.bulk) await this.parts.lookForBulk();
    await this.learn(there);
  }

  /** A row may be committed a little after the moment it carries, so it is looked for a little longer. */
  private async learn({ definedAt, pausedAt, now }: WorkThere): Promise<void> {
    await this.parts.pauseWatch.lookAfter(pausedAt, now);
    if (definedAt !== this.definedAt || now - definedAt < LATE_ROW_MS) await this.parts.definitions.learn();
    this.definedAt = definedAt;
    this.age.sweepEnded();
  }

  /** Finds only messages and child requests that were cut off between two commits. */
  private async sweepMessages(): Promise<void> {
    await this.parts.messages.sweep(AT_ONCE);
    await this.parts.children.sweep();
    await this.parts.pauseWatch.sweep();
  }

  /** Called when another instance has work that it leaves to others. */
  heard(work: NewWork): void {
    if (work === 'pauses') this.regular.guarded(() => this.parts.pauseWatch.run());
    else if (work === 'processes') this.regular.guarded(() => this.parts.free.takeNew());
    else this.regular.guarded(() => this.parts.due.takeNew());
  }

  /** Called when this worker has room for more processes. */
  takeFreeSoon(): void {
    this.regular.guarded(() => this.parts.free.take());
  }

  /* --------------------------------------------------------------- heartbeat ---- */

  async beat(): Promise<void> {
    await this.parts.heartbeat.beat();
    await this.lookAround();
  }

  private async lookAround(): Promise<void> {
    const { store, heartbeat, recovery, orphans, settings } = this.parts;
    if (heartbeat.silentSince === null) return;
    await this.recover(heartbeat.silentSince);
    await recovery.lookAtMine();
    await orphans.cancelOf(null);
    await store.maintenance.forgetMessages(this.now() - settings.keepUnmatchedMs);
    await reportTasks(this.parts);
  }

  /** Takes over what workers that are gone have left. */
  recover(silentSince: number): Promise<void> {
    return this.parts.recovery.recover(silentSince);
  }

  private now(): number {
    return this.parts.clock.now().getTime();
  }
}
