/**
 * Looks for what needs somebody: a moment that has come, a process or task that nobody holds, one whose worker is gone, a message
 * that missed its wait. Every instance sweeps; no leader is needed, because looking twice is harmless. It is the net under
 * everything that is normally told at once, and the only way by which time and death are noticed.
 */
import { Logger } from '@nestjs/common';
import type { ProcessRunner } from '../execution/process-runner.js';
import type { TaskRunner } from '../execution/task-runner.js';
import type { ChildCanceller } from '../messaging/child-canceller.js';
import type { ChildStarter } from '../messaging/child-starter.js';
import type { MessageRouter } from '../messaging/message-router.js';
import { taskOf } from '../queue/task-id.js';
import type { TaskQueue } from '../queue/task-queue.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock, Timers } from '../values/clock.js';
import { StoreUnavailableError } from '../values/errors.js';
import { reasonOf } from '../values/reason.js';
import type { DefinitionCatalog } from '../workflows/definition-catalog.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { NewEvent } from '../writer/pending-event.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { EngineSettings } from './settings.js';
import { StoreClock } from './store-clock.js';
import type { WorkerRecovery } from './worker-recovery.js';

/** What a sweep looks at, and whom it tells. */
export interface SweeperParts {
  readonly worker: string;
  readonly settings: EngineSettings;
  readonly store: ProcessStore;
  readonly queue: TaskQueue;
  readonly registry: WorkflowRegistry;
  readonly writer: ProcessWriter;
  readonly runner: ProcessRunner;
  readonly tasks: TaskRunner;
  readonly recovery: WorkerRecovery;
  readonly messages: MessageRouter;
  readonly children: ChildStarter;
  readonly orphans: ChildCanceller;
  readonly definitions: DefinitionCatalog;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** A worker that has been silent for so many heartbeats is gone. With the default of 10 s: after 30 s. */
const SILENT_BEATS = 3;
const AT_ONCE = 200;

export class Sweeper {
  private readonly logger = new Logger('Workflow');
  private readonly cancels: (() => void)[] = [];
  private stopped = true;
  private lastBeat = 0;
  private storeTime = 0;

  constructor(private readonly parts: SweeperParts) {}

  async start(): Promise<void> {
    const { heartbeatMs, sweepMs } = this.parts.settings;
    this.stopped = false;
    await this.beat().catch((error: unknown) => this.complain(error));
    this.every(heartbeatMs, () => this.sayAlive());
    this.every(heartbeatMs, () => this.lookAround());
    this.every(sweepMs, () => this.sweep());
    this.every(sweepMs, () => this.parts.definitions.learn());
    await this.sweep().catch((error: unknown) => this.complain(error));
  }

  /** Says at once that this worker is gone, so that nobody waits for it. */
  async stop(): Promise<void> {
    this.pause();
    await this.parts.store.maintenance.retire(this.parts.worker).catch(() => {});
  }

  pause(): void {
    this.stopped = true;
    for (const cancel of this.cancels.splice(0)) cancel();
  }

  /** A moment has come. */
  sweepSoon(): void {
    this.guarded(() => this.sweep());
  }

  /* ------------------------------------------------------------------- sweep ---- */

  async sweep(): Promise<void> {
    await this.fireDue();
    await this.takeFree();
    await this.ringReady();
    await this.parts.messages.sweep(AT_ONCE);
    await this.parts.children.sweep();
  }

  private async fireDue(): Promise<void> {
    const { store, registry } = this.parts;
    for (let found = AT_ONCE; found === AT_ONCE;) {
      const due = await store.maintenance.dueWaits(registry.known(), this.now(), AT_ONCE);
      found = due.length;
      const applied = await Promise.all(due.map(({ processId, key, run }) => this.apply(processId, { type: 'came-due', key, run })));
      if (!applied.some(Boolean)) return; // of workflows we do not know, or others were faster
    }
  }

  private async takeFree(): Promise<void> {
    const { store, registry } = this.parts;
    const free = await store.maintenance.freeProcesses(registry.known(), AT_ONCE);
    await Promise.all(free.map((id) => this.apply(id, { type: 'claimed' })));
  }

  /** What is ready and was not taken: its ring was lost, or came too early, or its broker was down. */
  private async ringReady(): Promise<void> {
    const { store, registry, queue } = this.parts;
    const known = registry.known();
    const rung = registry.queues().map(async (name) => queue.ring((await store.maintenance.readyTasks(known, [name], this.now(), AT_ONCE)).map(taskOf)));
    await Promise.all(rung); // queue by queue, so that the backlog of one hides no other
  }

  /* --------------------------------------------------------------- heartbeat ---- */

  async beat(): Promise<void> {
    await this.sayAlive();
    await this.lookAround();
  }

  /** By itself: with much to look at, the next heartbeat would come too late, and others take over what is run here. */
  private async sayAlive(): Promise<void> {
    const { store, worker, clock } = this.parts;
    const asked = Date.now();
    const storeTime = await store.maintenance.beat(worker).catch((error: unknown) => this.missedBeat(error));
    if (storeTime === null) return;
    [this.storeTime, this.lastBeat] = [storeTime, Date.now()];
    if (clock instanceof StoreClock) clock.adjust(storeTime, asked, this.lastBeat);
  }

  private async lookAround(): Promise<void> {
    if (this.lastBeat === 0) return;
    const { store, recovery, orphans, settings } = this.parts;
    await this.recover(this.storeTime - settings.heartbeatMs * SILENT_BEATS);
    await recovery.lookAtMine();
    await orphans.cancelOf(null);
    await store.maintenance.forgetMessages(this.now() - settings.keepUnmatchedMs);
  }

  /** Others take over what a silent worker holds; what it still does cannot be recorded, so it may as well stop. */
  private missedBeat(error: unknown): null {
    const { settings, runner, tasks } = this.parts;
    this.complain(error);
    if (this.lastBeat > 0 && Date.now() - this.lastBeat > settings.heartbeatMs * SILENT_BEATS) {
      runner.abortAll('This worker could not say that it lives, and may have lost its processes.');
      tasks.abortAll('This worker could not say that it lives, and may have lost its tasks.');
    }
    return null;
  }

  /** What the workers that are gone have left. */
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

  /** The store itself says that it cannot be reached, once. */
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
