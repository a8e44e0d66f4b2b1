import { Logger } from '@nestjs/common';
import type { ProcessRunner } from '../execution/process-runner.js';
import type { TaskRunner } from '../execution/task-runner.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from '../values/clock.js';
import { reasonOf } from '../values/reason.js';
import { HeartbeatThread, type ThreadReport } from './heartbeat-thread.js';
import type { EngineSettings } from './settings.js';
import { StoreClock } from './store-clock.js';

/** A worker that is silent for this many heartbeats counts as gone: by default after 30 s. */
export const SILENT_BEATS = 3;
/** A beat that comes later than so many heartbeats after the one before was missed. */
const GAP_BEATS = 2;

/** The parts that the heartbeat needs. */
export interface HeartbeatParts {
  readonly worker: string;
  readonly settings: EngineSettings;
  readonly store: ProcessStore;
  readonly runner: ProcessRunner;
  readonly tasks: TaskRunner;
  readonly clock: Clock;
}

/** Says that this worker lives, and measures the time of the store. Runs in a thread if the store can be reached from one. */
export class Heartbeat {
  private readonly logger = new Logger('Workflow');
  private thread: HeartbeatThread | null = null;
  /** The time of the store at the last beat, and when the answer came, on the clock of `performance.now()`, ms. 0: there was no beat. */
  private storeTime = 0;
  private answered = 0;
  /** How long after the one before each of its last beats came, ms. */
  private gaps: readonly number[] = [];

  constructor(private readonly parts: HeartbeatParts) {}

  /**
   * Workers that have not beaten since this time are gone. Null: this worker itself has not beaten yet. Where its own last beats were late,
   * those of others are too, after an outage or under load: they are given as much longer, and are still taken over in the end.
   */
  get silentSince(): number | null {
    if (this.answered === 0) return null;
    const late = this.gaps.filter((gap) => gap > this.parts.settings.heartbeatMs * GAP_BEATS);
    return this.storeTime - Math.max(this.patienceMs, ...late.map((gap) => gap * SILENT_BEATS));
  }

  /** Starts the thread if the store allows it; beats from here are then not needed. */
  async start(): Promise<void> {
    await this.beat().catch(() => {}); // the store says itself that it cannot be reached
    this.startThread();
  }

  private startThread(): void {
    const { store, worker, settings } = this.parts;
    const beat = store.maintenance.threadBeat(worker);
    const ended = () => (this.thread = null);
    if (beat) this.thread = HeartbeatThread.start(worker, beat, settings.heartbeatMs, (report) => this.heard(report), ended);
  }

  /** Says at once that this worker is gone, so that others take over without delay. */
  async stop(): Promise<void> {
    await this.stopThread();
    await this.parts.store.maintenance.retire(this.parts.worker).catch((error: unknown) => {
      this.logger.warn(`This worker could not say that it is gone: ${reasonOf(error)}. Others take over what it holds after three heartbeats.`);
    });
  }

  async stopThread(): Promise<void> {
    await this.thread?.stop();
    this.thread = null;
  }

  /** Beats, unless the thread does. */
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

  /** The time of the store has just been read, by an instance that runs nothing. */
  measured(storeTime: number): void {
    if (this.parts.clock instanceof StoreClock) this.parts.clock.adjust(storeTime, performance.now());
  }

  private heard(report: ThreadReport): void {
    if ('error' in report) return void this.beat().catch(() => {}); // from here, in case only the thread cannot connect
    this.wentWell(report.storeTime, performance.now() - (monotonicMs() - report.answered));
  }

  private wentWell(storeTime: number, answered: number): void {
    if (this.answered > 0) this.gaps = [...this.gaps, answered - this.answered].slice(-SILENT_BEATS);
    [this.storeTime, this.answered] = [storeTime, answered];
    if (this.parts.clock instanceof StoreClock) this.parts.clock.adjust(storeTime, answered);
  }

  /** Aborts all bodies after a long silence: others take over what this worker holds, and it can then record no outcomes. */
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

/** The clock that the threads of one Node process share. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
