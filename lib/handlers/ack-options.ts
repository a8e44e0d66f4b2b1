import { HttpException } from '@nestjs/common';
import { OPTION_KINDS, wrongOptions, type OptionChecks } from '../context/call-checks.js';
import { parseDuration, noDuration } from '../values/duration.js';
import { InvalidInputError, isPermanentStatus } from '../values/errors.js';
import type { Duration } from '../values/types.js';

/**
 * What an error says of the message: `'wait'`, the message is not to blame, and it comes again however often; `'retry'`, it comes
 * again up to `maxDeliveries`; `'refuse'`, it will never be taken.
 */
export type MessageFault = 'wait' | 'retry' | 'refuse';

/** A message that is refused, with the error of its last delivery. */
export interface RefusedMessage {
  /** The broker, and where the message lies: for instance `Kafka loans[3]@4711`. */
  readonly place: string;
  readonly error: unknown;
  /** How often this instance has failed at it. */
  readonly deliveries: number;
  /** What the handler was called with: the payload. */
  readonly payload: unknown;
  /** The context of the transport: `RmqContext`, `KafkaContext` or your own. */
  readonly context: unknown;
}

/** Options of {@link WorkflowAckInterceptor}. */
export interface AckOptions {
  /** An instance refuses a message when its handler has failed so often. Default 10. Errors that say `'wait'` are not counted. */
  readonly maxDeliveries?: number;
  /** The pause before a failed message comes again; it doubles with each failure. Default 500 ms. */
  readonly delay?: Duration;
  /** The longest pause. Default 30 s. */
  readonly maxDelay?: Duration;
  /**
   * What an error says of the message. Default: `StoreUnavailableError` and any other `HttpException` with 503, `InboxFullError` and
   * any other with 429 is `'wait'`; 400, 413 and 422 are `'refuse'`; everything else is `'retry'`.
   */
  readonly faultOf?: (error: unknown) => MessageFault;
  /** Called before a message is refused. The broker is told only when it has resolved; if it rejects, the message comes again. */
  readonly onRefused?: (message: RefusedMessage) => Promise<unknown> | void;
}

/** {@link AckOptions} with their defaults. */
export interface AckSettings {
  readonly maxDeliveries: number;
  readonly delayMs: number;
  readonly maxDelayMs: number;
  readonly faultOf: (error: unknown) => MessageFault;
  readonly onRefused: (message: RefusedMessage) => Promise<unknown> | void;
}

const { method, elsewhere } = OPTION_KINDS;
const ACK_OPTIONS: OptionChecks = { maxDeliveries: elsewhere, delay: elsewhere, maxDelay: elsewhere, faultOf: method, onRefused: method };

/** @throws InvalidInputError */
export function ackSettings(options: AckOptions): AckSettings {
  const { maxDeliveries = 10, delay = 500, maxDelay = '30s', faultOf = faultByStatus, onRefused = () => {} } = options;
  const problems = wrongOptions(ACK_OPTIONS, options);
  problems.push(...[delay, maxDelay].filter((each) => parseDuration(each) === null).map(noDuration));
  if (!(maxDeliveries >= 1)) problems.push(`maxDeliveries must be at least 1, not ${String(maxDeliveries)}`);
  if (problems.length > 0) throw new InvalidInputError('The options of WorkflowAckInterceptor', problems);
  return { maxDeliveries, delayMs: parseDuration(delay)!, maxDelayMs: parseDuration(maxDelay)!, faultOf, onRefused };
}

/** The database is away, or something has no room: that says nothing of the message. */
const WAITING = [503, 429];

function faultByStatus(error: unknown): MessageFault {
  const status = error instanceof HttpException ? error.getStatus() : 0;
  if (WAITING.includes(status)) return 'wait';
  return isPermanentStatus(status) ? 'refuse' : 'retry';
}

/** The pause after so many failures in a row, the last half of it at random, so that many messages do not come again at once. */
export function ackDelayMs({ delayMs, maxDelayMs }: AckSettings, failures: number, random: number): number {
  const delay = Math.min(delayMs * 2 ** Math.min(failures - 1, 40), maxDelayMs);
  return Math.round(delay * (0.5 + random / 2));
}
