import type { Logger } from '@nestjs/common';

const EVERY_MS = 30_000;

/** Warns of the same matter at most every 30 seconds: a Redis that is down is noticed many times in a second. */
export class SeldomLogger {
  private readonly last = new Map<string, number>();

  constructor(
    private readonly logger: Logger,
    private readonly whose: string,
  ) {}

  warn(matter: string, reason: unknown): void {
    const now = Date.now();
    if (now - (this.last.get(matter) ?? -Infinity) < EVERY_MS) return;
    this.last.set(matter, now);
    this.logger.warn(`${this.whose}: ${matter}: ${reasonText(reason)}`);
  }
}

/** A refused connection has a code and no message. */
function reasonText(reason: unknown): string {
  const { message, code } = (reason ?? {}) as { message?: string; code?: string };
  return message || code || String(reason);
}
