import { Logger } from '@nestjs/common';
import type { ProcessRunner } from '../execution/process-runner.js';
import type { TaskRunner } from '../execution/task-runner.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from '../values/clock.js';
import { HeartbeatThread, type ThreadReport } from './heartbeat-thread.js';
import type { EngineSettings } from './settings.js';
import { StoreClock } from './store-clock.js';

/** A worker that has been silent for so many heartbeats is gone. With the default of 10 s: after 30 s. */
const SILENT_BEATS = 3;

/** What the heartbeat needs. */
export interface HeartbeatParts {
  readonly worker: string;
  readonly settings: EngineSettings;
  readonly store: ProcessStore;
  readonly runner: ProcessRunner;
  readonly tasks: TaskRunner;
  readonly clock: Clock;
}

/** Says that this worker lives, and measures the time of the store: from a thread where the store can be reached from one. */
export class Heartbeat {
  private readonly logger = new Logger('Workflow');
  private thread: HeartbeatThread | null = null;
  /** The time of the store at the last beat, and when that was answered on the clock of `performance.now()`, ms. 0: there was none. */
  private storeTime = 0;
  private answered = 0;

  constructor(private readonly parts: HeartbeatParts) {}

  /** Workers last heard of before that are gone; null: this one has not been heard of itself. */
  get silentSince(): number | null {
    return this.answered === 0 ? null : this.storeTime - this.patienceMs;
  }

  /** From now on it need not be called. */
  startThread(): void {
    const { store, worker, settings } = this.parts;
    const beat = store.maintenance.threadBeat(worker);
    const ended = () => (this.thread = null);
    if (beat) this.thread = HeartbeatThread.start(worker, beat, settings.heartbeatMs, (report) => this.heard(report), ended);
  }

  /** Says at once that this worker is gone, so that nobody waits for it. */
  async stop(): Promise<void> {
    await this.stopThread();
    await this.parts.store.maintenance.retire(this.parts.worker).catch(() => {});
  }

  async stopThread(): Promise<void> {
    await this.thread?.stop();
    this.thread = null;
  }

  /** Does nothing where the thread does it. */
  async beatHere(): Promise<void> {
    if (!this.thread) await this.beat();
  }

  async beat(): Promise<void> {
    const storeTime = await this.parts.store.maintenance.beat(this.parts.worker).catch((error: unknown) => {
      this.missed();
      throw error;
    });
    this.wentWell(storeTime, performance.now());
  }

  private heard(report: ThreadReport): void {
    if ('error' in report) return this.missed();
    this.wentWell(report.storeTime, performance.now() - (monotonicMs() - report.answered));
  }

  private wentWell(storeTime: number, answered: number): void {
    [this.storeTime, this.answered] = [storeTime, answered];
    if (this.parts.clock instanceof StoreClock) this.parts.clock.adjust(storeTime, answered);
  }

  /** Others take over what a silent worker holds; what it still does cannot be recorded, so it may as well stop. */
  private missed(): void {
    const { runner, tasks } = this.parts;
    if (this.answered === 0 || performance.now() - this.answered < this.patienceMs) return;
    this.logger.warn('This worker could not say that it lives for three heartbeats: others may take over what it runs.');
    runner.abortAll('This worker could not say that it lives, and may have lost its processes.');
    tasks.abortAll('This worker could not say that it lives, and may have lost its tasks.');
  }

  private get patienceMs(): number {
    return this.parts.settings.heartbeatMs * SILENT_BEATS;
  }
}

/** The clock that threads of one process share. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
