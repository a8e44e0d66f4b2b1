import { Logger } from '@nestjs/common';
import { howMany } from '../values/how-many.js';
import { saidAbout } from '../values/log-fields.js';
import { visitFields } from './label-logs.js';
import { Slots, type WaitingWork } from './slots.js';
import type { StepVisit } from './step-context.js';
import { setTimeout } from '../values/timers.js';

const LONG_MS = 10_000;
const AGAIN_MS = 60_000;

/**
 * Transactional steps take connections of the application's pool. Only their share of it is used at once, so that the application can
 * go on; the other steps wait in order. A long wait is logged, and `explain` shows every wait.
 */
export class TransactionTurns {
  private readonly slots: Slots;
  /** When each wait began, ms; oldest first. */
  private readonly waiting = new Map<StepVisit, number>();
  /** How long all waits that have ended lasted together, ms. */
  private endedWaitsMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly logger = new Logger('Workflow');

  constructor(size: number) {
    this.slots = new Slots(size);
  }

  /** Begins `work` now, or when a connection is free. The caller frees the connection by giveBack(). */
  take(visit: StepVisit, work: WaitingWork): void {
    if (this.slots.hasRoom) return this.slots.take(work);
    visit.waitsFor = `one of ${howMany(this.slots.size, 'connection')} for transactional steps`;
    this.waiting.set(visit, Date.now());
    this.watch(LONG_MS);
    this.slots.take({ begin: () => this.endWait(visit, work) });
  }

  private endWait(visit: StepVisit, work: WaitingWork): void {
    visit.waitsFor = undefined;
    this.endedWaitsMs += Date.now() - this.waiting.get(visit)!;
    this.waiting.delete(visit);
    work.begin();
  }

  /** How many steps wait for a connection now, and how long all waits have lasted together, ms. */
  get load(): { readonly waiting: number; readonly waitedMs: number } {
    return { waiting: this.waiting.size, waitedMs: this.endedWaitsMs };
  }

  giveBack(): void {
    this.slots.giveBack();
  }

  private watch(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const oldest = this.oldest();
      if (oldest) this.complain(...oldest);
      if (this.waiting.size > 0) this.watch(oldest ? AGAIN_MS : LONG_MS);
    }, ms).unref();
  }

  /** The step run that has waited longest, if for at least `LONG_MS`. */
  private oldest(): [visit: StepVisit, since: number] | undefined {
    const [oldest] = this.waiting;
    return oldest && Date.now() - oldest[1] >= LONG_MS ? oldest : undefined;
  }

  private complain(visit: StepVisit, since: number): void {
    const { workflow, name, processId } = visit;
    const seconds = Math.round((Date.now() - since) / 1000);
    const text =
      `${howMany(this.waiting.size, 'transactional step waits', 'transactional steps wait')} for one of ${howMany(this.slots.size, 'connection')} (worker.transactionalConcurrency); ` +
      `${workflow}.${name} of process ${processId} has waited ${seconds} s. Make the steps shorter, or the pool of the data source larger.`;
    saidAbout(visitFields(visit), () => this.logger.warn(text));
  }
}
