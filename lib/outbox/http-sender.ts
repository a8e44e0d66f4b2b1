import { Injectable } from '@nestjs/common';
import { MessageSender } from './message-sender.js';
import type { OutboxMessage } from './outbox-message.js';

/** Statuses of 4xx that may be others the next time: a token has expired, a route is being deployed, a timeout, a conflict, too many requests. */
const PASSING = [401, 403, 404, 408, 409, 425, 429];
/** How much of an answer that is no success is kept, to show why. */
const LONGEST_ANSWER = 500;

/** An answer of the receiver that is no success. */
class HttpStatusError extends Error {
  override readonly name = 'HttpStatusError';
  /** True if the same request will get the same answer. */
  readonly permanent: boolean;

  constructor(status: number, url: string, answer: string) {
    super(`${url} answered ${status}: ${answer.slice(0, LONGEST_ANSWER)}`);
    this.permanent = status >= 400 && status < 500 && !PASSING.includes(status);
  }
}

/**
 * Posts the data as JSON to the URL that is the pattern: `step.send(HttpSender, 'https://partner.example/orders', data)`. The id of the
 * message is the header `Idempotency-Key`. An answer other than 2xx is a failed attempt; most of 4xx park the message at once. Add it to
 * the providers of a module; override {@link headersOf} for credentials.
 */
@Injectable()
export class HttpSender extends MessageSender {
  override async transmit(message: OutboxMessage, signal: AbortSignal): Promise<void> {
    const url = String(message.pattern);
    const headers = { 'content-type': 'application/json', 'idempotency-key': message.id, ...(await this.headersOf(message)) };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(message.data), signal, redirect: 'error' });
    if (!response.ok) throw new HttpStatusError(response.status, url, await response.text().catch(() => ''));
    await response.body?.cancel().catch(() => {});
  }

  override patternProblem(pattern: unknown): string | null {
    const isUrl = typeof pattern === 'string' && /^https?:/i.test(pattern) && URL.canParse(pattern);
    return isUrl ? null : 'its pattern is a URL with http: or https:';
  }

  /** Further headers of a request. */
  protected headersOf(_message: OutboxMessage): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>> {
    return {};
  }
}
