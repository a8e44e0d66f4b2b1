import { Logger } from '@nestjs/common';
import { reasonOf } from '../../../values/reason.js';
import { clearInterval, setInterval } from '../../../values/timers.js';

const EVERY_MS = 60_000;

/** Logs that the database cannot be reached: once when that begins, once a minute while it lasts, and once when it is over. */
export class OutageLog {
  private readonly logger = new Logger('Workflow');
  private since: number | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly what: string) {}

  failed(error: unknown): void {
    if (this.since !== null) return;
    this.since = Date.now();
    this.logger.warn(`${this.what} cannot be reached: ${reasonOf(error)}. What is asked of it is refused until it is back; running steps wait.`);
    this.timer = setInterval(() => this.logger.warn(`${this.what} has not been reached for ${this.seconds()} s.`), EVERY_MS);
    this.timer.unref();
  }

  worked(): void {
    if (this.since === null) return;
    this.logger.log(`${this.what} is back after ${this.seconds()} s.`);
    this.close();
  }

  close(): void {
    clearInterval(this.timer);
    this.since = null;
  }

  private seconds(): string {
    return ((Date.now() - (this.since ?? Date.now())) / 1000).toFixed(1);
  }
}
