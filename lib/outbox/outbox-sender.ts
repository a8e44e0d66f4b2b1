/**
 * Transmits the messages of the outbox. The instance that has committed them looks at once; the sweep finds those that were left: an
 * attempt has failed, or the instance died. A message is deleted after it was transmitted, so it is transmitted at least once.
 */
import { Logger } from '@nestjs/common';
import type { Change } from '../core/change.js';
import { type OutgoingMessage, patternText } from '../core/outgoing.js';
import { retryPause } from '../core/retry.js';
import type { Retry } from '../definition/graph.js';
import type { OutboxStore } from '../store/outbox-store.js';
import type { Clock, Timers } from '../values/clock.js';
import { describeError } from '../values/describe-error.js';
import type { PendingWork } from '../values/pending-work.js';
import type { RunInRoot } from '../values/root-context.js';
import { outboxMessage } from './outbox-message.js';
import type { Senders } from './senders.js';

/** How many processes this instance transmits for at once. */
const PROCESSES_AT_ONCE = 64;
/** A claim lasts for this many attempts that take as long as they may. */
const ATTEMPTS_IN_CLAIM = 4;

/** The options of the outbox with their defaults. */
export interface OutboxSettings {
  readonly retry: Retry;
  /** How long one attempt may take. */
  readonly timeoutMs: number;
}

/** The parts that the sender needs. */
export interface OutboxSenderParts {
  readonly worker: string;
  readonly store: { readonly outbox: OutboxStore };
  readonly senders: Senders;
  readonly settings: { readonly outbox: OutboxSettings };
  readonly clock: Clock;
  readonly timers: Timers;
  readonly activity: PendingWork;
  /** The names of the workflows that this instance knows. */
  readonly workflows: () => readonly string[];
  /** False: this instance runs nothing, or has stopped. */
  readonly works: () => boolean;
  readonly inRoot: RunInRoot;
}

export class OutboxSender {
  private readonly logger = new Logger('Workflow');
  private claims = 0;
  private underWay = 0;
  private isLooking = false;
  private isToldAgain = false;
  private sent: string[] = [];
  private deleting: Promise<void> | undefined;

  constructor(private readonly parts: OutboxSenderParts) {}

  committed({ outgoing }: Change): void {
    if (outgoing.length > 0) this.lookSoon();
  }

  private lookSoon(): void {
    const { activity, inRoot } = this.parts;
    inRoot(() => activity.during(() => this.look().catch((error: unknown) => this.logger.warn(`The outbox will be looked at again: ${describeError(error)}`))));
  }

  /** Claims what is ready and begins to transmit it. Resolves when nothing more can be claimed at this moment. */
  async look(): Promise<void> {
    this.isToldAgain = true;
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      while (this.isToldAgain && this.parts.works()) await this.claim();
    } finally {
      this.isLooking = false;
    }
  }

  private async claim(): Promise<void> {
    this.isToldAgain = false;
    const limit = PROCESSES_AT_ONCE - this.underWay;
    if (limit <= 0) return; // the end of a process looks again
    const { store, worker, workflows } = this.parts;
    const [holder, now] = [`${worker}/${++this.claims}`, this.now()];
    const until = now + this.parts.settings.outbox.timeoutMs * ATTEMPTS_IN_CLAIM;
    const claimed = await store.outbox.claim({ holder, workflows: workflows(), now, until, limit });
    for (const messages of byProcess(claimed)) this.begin(messages, holder, until);
    if (claimed.length > 0) this.isToldAgain = true;
  }

  private begin(messages: readonly OutgoingMessage[], holder: string, until: number): void {
    this.underWay++;
    this.parts.activity.during(async () => {
      await this.transmitAll(messages, holder, until).catch((error: unknown) => this.logger.warn(`The outbox was not changed: ${describeError(error)}`));
      this.underWay--;
      this.lookSoon();
    });
  }

  /** Transmits the messages of one process in order, up to the first that fails, or to the end of the claim. */
  private async transmitAll(messages: readonly OutgoingMessage[], holder: string, until: number): Promise<void> {
    const { timeoutMs } = this.parts.settings.outbox;
    const sent: string[] = [];
    let failed: OutgoingMessage | undefined;
    let error: unknown;
    for (const message of messages) {
      if (!this.parts.works() || this.now() + timeoutMs > until) break;
      try {
        await this.transmit(message);
        sent.push(message.id);
      } catch (thrown) {
        [failed, error] = [message, thrown];
        break;
      }
    }
    if (failed) await this.parts.store.outbox.recordFailure(holder, this.failure(failed, error));
    if (sent.length > 0) await this.deleteSent(sent);
    else if (!failed) await this.parts.store.outbox.release(holder, this.now());
  }

  private async transmit(message: OutgoingMessage): Promise<void> {
    const { senders, timers, settings } = this.parts;
    const { timeoutMs } = settings.outbox;
    const send = senders.of(message.sender);
    if (!send) throw new Error(senders.problemOf(message.sender)!);
    const controller = new AbortController();
    let cancel = () => {};
    const late = new Promise<never>((_resolve, reject) => {
      const error = new Error(`it took longer than ${timeoutMs} ms`);
      cancel = timers.after(timeoutMs, () => {
        controller.abort(error);
        reject(error);
      });
    });
    try {
      await Promise.race([send(outboxMessage(message), controller.signal), late]);
    } finally {
      cancel();
    }
  }

  private failure({ id, attempts: before, sender, pattern, processId }: OutgoingMessage, thrown: unknown) {
    const { retry } = this.parts.settings.outbox;
    const [attempts, error] = [before + 1, describeError(thrown)];
    const pause = isPermanent(thrown) ? null : retryPause(retry, attempts, Math.random());
    const what = `Message ${id} (${patternText(pattern)} to ${sender}) of process ${processId} was not transmitted, attempt ${attempts}: ${error}`;
    if (pause === null) this.logger.error(`${what}. It is parked: workflows.outbox.replay('${id}')`);
    else if (attempts === 1) this.logger.warn(what);
    return { id, attempts, error, readyAt: pause === null ? null : this.now() + pause };
  }

  /** Deletes in batches: what is transmitted while one batch is deleted goes with the next. */
  private async deleteSent(ids: readonly string[]): Promise<void> {
    this.sent.push(...ids);
    while (this.deleting) await this.deleting;
    const batch = this.sent;
    if (batch.length === 0) return;
    this.sent = [];
    this.deleting = this.parts.store.outbox.deleteSent(batch).finally(() => (this.deleting = undefined));
    await this.deleting;
  }

  private now(): number {
    return this.parts.clock.now().getTime();
  }
}

/** Messages arrive sorted by process. */
function byProcess(messages: readonly OutgoingMessage[]): OutgoingMessage[][] {
  const groups: OutgoingMessage[][] = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (last?.[0]!.processId === message.processId) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

function isPermanent(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && 'permanent' in thrown && thrown.permanent === true;
}
