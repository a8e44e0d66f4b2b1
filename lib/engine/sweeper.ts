/**
 * Looks for unattended work: due times, free processes and tasks, those whose worker is gone, and messages that missed their wait. Every
 * worker sweeps; no leader is needed, because looking twice is harmless. The sweep is the safety net under everything that is normally
 * announced at once. Due times and dead workers are noticed by the sweep alone.
 */
import { Logger } from '@nestjs/common';
import type { ChildCanceller } from '../messaging/child-canceller.js';
import type { ChildStarter } from '../messaging/child-starter.js';
import type { MessageRouter } from '../messaging/message-router.js';
import { taskOf } from '../queue/task-id.js';
import type { TaskQueue } from '../queue/task-queue.js';
import type { ProcessStore } from '../store/process-store.js';
import type { NewWork } from '../values/announcer.js';
import type { Clock, Timers } from '../values/clock.js';
import { StoreUnavailableError } from '../values/errors.js';
import { reasonOf } from '../values/reason.js';
import type { DefinitionCatalog } from '../workflows/definition-catalog.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { NewEvent } from '../writer/pending-event.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { FreeProcesses } from './free-processes.js';
import type { Heartbeat } from './heartbeat.js';
import type { EngineSettings } from './settings.js';
import type { WorkerRecovery } from './worker-recovery.js';

/** The parts that a sweep needs. */
export interface SweeperParts {
  readonly settings: EngineSettings;
  readonly store: ProcessStore;
  readonly queue: TaskQueue;
  readonly registry: WorkflowRegistry;
  readonly writer: ProcessWriter;
  readonly free: FreeProcesses;
  readonly heartbeat: Heartbeat;
  readonly recovery: WorkerRecovery;
  readonly messages: MessageRouter;
  readonly children: ChildStarter;
  readonly orphans: ChildCanceller;
  readonly definitions: DefinitionCatalog;
  readonly clock: Clock;
  readonly timers: Timers;
}

const AT_ONCE = 200;
const LOOKS_PER_SWEEP = 10;

export class Sweeper {
  private readonly logger = new Logger('Workflow');
  private readonly cancels: (() => void)[] = [];
  private stopped = true;
  private definedAt = 0;

  constructor(private readonly parts: SweeperParts) {}

  async start(): Promise<void> {
    const { heartbeatMs, sweepMs } = this.parts.settings;
    this.stopped = false;
    await this.lookAround().catch((error: unknown) => this.complain(error));
    this.every(heartbeatMs, () => this.parts.heartbeat.beatHere()); // on its own timer: a long lookAround() would delay the next beat
    this.every(heartbeatMs, () => this.lookAround());
    this.every(sweepMs, () => this.look());
    this.every(sweepMs * LOOKS_PER_SWEEP, () => this.sweepMessages());
    await this.sweep().catch((error: unknown) => this.complain(error));
  }

  /** For an instance that runs nothing: it keeps to the time of the store. */
  async startClock(): Promise<void> {
    const { heartbeat, settings } = this.parts;
    this.stopped = false;
    await heartbeat.measure().catch((error: unknown) => this.complain(error));
    this.every(settings.heartbeatMs, () => heartbeat.measure());
  }

  /** Says at once that this worker is gone, so that others take over without delay. */
  async stop(): Promise<void> {
    this.pause();
    await this.parts.heartbeat.stop();
  }

  pause(): void {
    this.stopped = true;
    for (const cancel of this.cancels.splice(0)) cancel();
  }

  /** Called when a due time has come. */
  sweepSoon(): void {
    this.guarded(() => this.sweep());
  }

  /* ------------------------------------------------------------------- sweep ---- */

  async sweep(): Promise<void> {
    await this.fireDue();
    await this.parts.free.take();
    await this.ringReady();
    await this.sweepMessages();
  }

  /** One statement says whether there is any work; mostly there is none. */
  private async look(): Promise<void> {
    const { store, registry, free, definitions } = this.parts;
    const there = await store.maintenance.workAt(this.now(), registry.queues());
    if (there.due) await this.fireDue();
    if (there.free) await free.take();
    if (there.ready) await this.ringReady();
    if (there.definedAt !== this.definedAt) await definitions.learn();
    this.definedAt = there.definedAt;
  }

  /** Finds only messages and child requests that were cut off between two commits. */
  private async sweepMessages(): Promise<void> {
    await this.parts.messages.sweep(AT_ONCE);
    await this.parts.children.sweep();
  }

  private async fireDue(): Promise<void> {
    const { store, registry } = this.parts;
    for (let found = AT_ONCE; found === AT_ONCE;) {
      const due = await store.maintenance.dueWaits(registry.known(), this.now(), AT_ONCE);
      found = due.length;
      const applied = await Promise.all(due.map(({ processId, key, run }) => this.apply(processId, { type: 'came-due', key, run })));
      if (!applied.some(Boolean)) return; // of workflows not known here, or others were faster
    }
  }

  /** Called when another instance has work that it leaves to others. */
  heard(work: NewWork): void {
    if (work === 'processes') this.guarded(() => this.parts.free.takeNew());
    else this.guarded(() => this.ringReady());
  }

  /** Called when this worker has room for more processes. */
  takeFreeSoon(): void {
    this.guarded(() => this.parts.free.take());
  }

  /** Rings again for ready tasks not claimed: their ring was lost, or came too early, or the broker was down. */
  private async ringReady(): Promise<void> {
    const { store, registry, queue } = this.parts;
    const known = registry.known();
    const rung = registry.queues().map(async (name) => queue.ring((await store.maintenance.readyTasks(known, [name], this.now(), AT_ONCE)).map(taskOf)));
    await Promise.all(rung); // queue by queue, so that the backlog of one does not hide another
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
  }

  /** Takes over what workers that are gone have left. */
  recover(silentSince: number): Promise<void> {
    return this.parts.recovery.recover(silentSince);
  }

  /* --------------------------------------------------------------------- time ---- */

  private every(ms: number, work: () => Promise<void>): void {
    const slot = this.cancels.push(() => {}) - 1;
    const again = () => {
      if (!this.stopped) this.cancels[slot] = this.parts.timers.after(ms, () => this.guarded(work, again));
    };
    again();
  }

  private guarded(work: () => Promise<void>, then?: () => void): void {
    if (this.stopped) return;
    work()
      .catch((error: unknown) => this.complain(error))
      .finally(then);
  }

  /** The store itself logs once that it cannot be reached, so that error is not logged here. */
  private complain(error: unknown): void {
    if (!(error instanceof StoreUnavailableError)) this.logger.warn(`Sweep failed, and will be tried again: ${reasonOf(error)}`);
  }

  private async apply(id: string, event: NewEvent): Promise<boolean> {
    const applied = await this.parts.writer.apply(id, event).catch(() => null);
    return applied?.change != null;
  }

  private now(): number {
    return this.parts.clock.now().getTime();
  }
}
