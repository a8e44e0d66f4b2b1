/**
 * Looks for what needs somebody: a moment that has come, a process or task that nobody holds, one whose worker is gone, a message
 * that missed its wait. Every instance sweeps; no leader is needed, because looking twice is harmless. It is the net under
 * everything that is normally told at once, and the only way by which time and death are noticed.
 */
import { Logger } from '@nestjs/common';
import { reasonOf } from '../values/reason.js';
import type { TaskQueue } from '../queue/task-queue.js';
import type { ProcessStore } from '../store/process-store.js';
import { DueTimers } from './due-timers.js';
import { type Clock, type Timers } from '../values/clock.js';
import { StoreClock } from './store-clock.js';
import type { DefinitionCatalog } from '../workflows/definition-catalog.js';
import { WorkerRecovery } from './worker-recovery.js';
import type { ChildStarter } from '../messaging/child-starter.js';
import type { ChildCanceller } from '../messaging/child-canceller.js';
import type { MessageRouter } from '../messaging/message-router.js';
import type { ProcessRunner } from '../execution/process-runner.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { Told } from '../writer/process-cache.js';
import { taskOf } from '../queue/task-id.js';
import type { TaskRunner } from '../execution/task-runner.js';

export interface SweeperSettings {
  readonly worker: string;
  readonly heartbeatMs: number;
  readonly sweepMs: number;
  readonly keepUnmatchedMs: number;
}

/** What is normally told at once, and looked for here when it was not. */
export interface Nets {
  readonly post: MessageRouter;
  readonly children: ChildStarter;
  readonly orphans: ChildCanceller;
  readonly definitions: DefinitionCatalog;
}

/** A worker that has been silent for so many heartbeats is gone. With the default of 10 s: after 30 s. */
const SILENT_BEATS = 3;
const AT_ONCE = 200;

export class Sweeper {
  private readonly logger = new Logger('Workflow');
  private readonly cancels: (() => void)[] = [];
  private readonly dueTimers: DueTimers;
  private readonly recovery: WorkerRecovery;
  private stopped = true;
  private lastBeat = 0;
  private storeTime = 0;

  constructor(
    private readonly settings: SweeperSettings,
    private readonly store: ProcessStore,
    private readonly queue: TaskQueue,
    private readonly registry: WorkflowRegistry,
    private readonly writer: ProcessWriter,
    private readonly runner: ProcessRunner,
    private readonly tasks: TaskRunner,
    private readonly nets: Nets,
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {
    this.recovery = new WorkerRecovery(settings.worker, store, writer, runner, tasks);
    this.dueTimers = new DueTimers(clock, timers, () => this.guarded(() => this.sweep()));
    writer.afterCommit((change) => {
      if (!this.stopped) this.dueTimers.setFor(change);
    });
  }

  async start(): Promise<void> {
    this.stopped = false;
    await this.beat();
    this.every(this.settings.heartbeatMs, () => this.sayAlive());
    this.every(this.settings.heartbeatMs, () => this.lookAround());
    this.every(this.settings.sweepMs, () => this.sweep());
    this.every(this.settings.sweepMs, () => this.nets.definitions.learn());
    await this.sweep();
  }

  /** Says at once that this worker is gone, so that nobody waits for it. */
  async stop(): Promise<void> {
    this.pause();
    await this.store.retire(this.settings.worker).catch(() => {});
  }

  pause(): void {
    this.stopped = true;
    for (const cancel of this.cancels.splice(0)) cancel();
    this.dueTimers.clear();
  }

  /* ------------------------------------------------------------------- sweep ---- */

  async sweep(): Promise<void> {
    await this.fireDue();
    await this.takeFree();
    await this.ringReady();
    await this.nets.post.sweep(AT_ONCE);
    await this.nets.children.sweep();
  }

  private async fireDue(): Promise<void> {
    for (let found = AT_ONCE; found === AT_ONCE;) {
      const due = await this.store.dueWaits(this.registry.known(), this.now(), AT_ONCE);
      found = due.length;
      const applied = await Promise.all(
        due.map(({ processId, key, run }) => this.tell(processId, { type: 'came-due', key, run, random: Math.random() }, [key])),
      );
      if (!applied.some(Boolean)) return; // of workflows we do not know, or others were faster
    }
  }

  private async takeFree(): Promise<void> {
    const free = await this.store.freeProcesses(this.registry.known(), AT_ONCE);
    await Promise.all(free.map((id) => this.tell(id, { type: 'claimed' })));
  }

  /** What is ready and was not taken: its ring was lost, or came too early, or its broker was down. */
  private async ringReady(): Promise<void> {
    const known = this.registry.known();
    const rung = this.registry.queues().map(async (queue) => this.queue.ring((await this.store.readyTasks(known, [queue], this.now(), AT_ONCE)).map(taskOf)));
    await Promise.all(rung); // queue by queue, so that the backlog of one hides no other
  }

  /* --------------------------------------------------------------- heartbeat ---- */

  async beat(): Promise<void> {
    await this.sayAlive();
    await this.lookAround();
  }

  /** By itself: with much to look at, the next heartbeat would come too late, and others take over what is run here. */
  private async sayAlive(): Promise<void> {
    const asked = Date.now();
    const storeTime = await this.store.beat(this.settings.worker).catch((error: unknown) => this.missedBeat(error));
    if (storeTime === null) return;
    [this.storeTime, this.lastBeat] = [storeTime, Date.now()];
    if (this.clock instanceof StoreClock) this.clock.adjust(storeTime, asked, this.lastBeat);
  }

  private async lookAround(): Promise<void> {
    if (this.lastBeat === 0) return;
    await this.recover(this.storeTime - this.settings.heartbeatMs * SILENT_BEATS);
    await this.recovery.lookAtMine();
    await this.nets.orphans.cancelOf(null);
    await this.store.forgetMessages(this.now() - this.settings.keepUnmatchedMs);
  }

  /** Others take over what a silent worker holds; what it still does cannot be recorded, so it may as well stop. */
  private missedBeat(error: unknown): null {
    this.logger.warn(`Heartbeat failed: ${reasonOf(error)}`);
    if (this.lastBeat > 0 && Date.now() - this.lastBeat > this.settings.heartbeatMs * SILENT_BEATS) {
      this.runner.abortAll('This worker could not say that it lives, and may have lost its processes.');
      this.tasks.abortAll('This worker could not say that it lives, and may have lost its tasks.');
    }
    return null;
  }

  /** What the workers that are gone have left. */
  recover(silentSince: number): Promise<void> {
    return this.recovery.recover(silentSince);
  }

  /* --------------------------------------------------------------------- time ---- */

  private every(ms: number, work: () => Promise<void>): void {
    const slot = this.cancels.push(() => {}) - 1;
    const again = () => {
      if (!this.stopped) this.cancels[slot] = this.timers.after(ms, () => this.guarded(work, again));
    };
    again();
  }

  private guarded(work: () => Promise<void>, then?: () => void): void {
    if (this.stopped) return;
    work()
      .catch((error: unknown) => this.logger.warn(`Sweep failed, and will be tried again: ${reasonOf(error)}`))
      .finally(then);
  }

  private async tell(id: string, told: Told, waits: readonly string[] = []): Promise<boolean> {
    const applied = await this.writer.apply(id, { tell: () => told, waits, messages: [], patient: false }).catch(() => null);
    return applied?.change != null;
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
