/**
 * Transmits the messages of the outbox. The instance that has committed them looks at once; the sweep finds those that were left: an
 * attempt has failed, or the instance died. A message is deleted after it was transmitted, so it is transmitted at least once.
 */
import { Logger } from '@nestjs/common';
import type { Change } from '../core/change.js';
import { type OutgoingMessage, patternText } from '../core/outgoing.js';
import { retryPause } from '../core/retry.js';
import type { Retry } from '../definition/graph.js';
import type { FailedSending, OutboxClaim, OutboxStore } from '../store/outbox-store.js';
import type { Clock, Timers } from '../values/clock.js';
import { describeError } from '../values/describe-error.js';
import { StoreUnavailableError } from '../values/errors.js';
import { saidAbout } from '../values/log-fields.js';
import type { PendingWork } from '../values/pending-work.js';
import type { RunInRoot } from '../values/root-context.js';
import { Rounds } from '../values/rounds.js';
import { outboxMessage } from './outbox-message.js';
import type { Senders } from './senders.js';
import { TransmittedRows } from './transmitted-rows.js';
import { withinTime } from './within-time.js';

/** For how many processes this instance transmits at once by each sender. A sender that hangs takes no place of another. */
const PROCESSES_AT_ONCE = 32;
/** A claim lasts for this many attempts that take as long as they may, so that a slow receiver still gets several messages in one claim. */
const ATTEMPTS_IN_CLAIM = 4;

/** The options of the outbox with their defaults. */
export interface OutboxSettings {
  readonly retry: Retry;
  /** How long one attempt may take. */
  readonly timeoutMs: number;
}

/** The parts that the sender needs. */
export interface TransmitterParts {
  readonly worker: string;
  readonly store: { readonly outbox: OutboxStore };
  readonly senders: Senders;
  readonly settings: { readonly outbox: OutboxSettings };
  readonly clock: Clock;
  readonly timers: Timers;
  readonly activity: PendingWork;
  /** False: this instance runs nothing, or has stopped. */
  readonly works: () => boolean;
  readonly inRoot: RunInRoot;
  readonly observers: { messageParked(message: OutgoingMessage, at: Date): void };
}

export class OutboxTransmitter {
  private readonly logger = new Logger('Workflow');
  private readonly rows: TransmittedRows;
  private claims = 0;
  /** For how many processes each sender transmits at this moment. */
  private readonly underWay = new Map<string, number>();
  private readonly looks = new Rounds(() => this.claim());

  constructor(private readonly parts: TransmitterParts) {
    this.rows = new TransmittedRows(parts.store.outbox);
  }

  committed({ outgoing }: Change): void {
    if (outgoing.length > 0) this.lookSoon();
  }

  /** Claims what is ready, and transmits it. No caller waits for that: while messages come, it has no end. */
  lookSoon(): void {
    const { activity, inRoot } = this.parts;
    inRoot(() => activity.during(() => this.looks.run().catch((error: unknown) => this.complain(error))));
  }

  private async claim(): Promise<void> {
    const { store, senders, works } = this.parts;
    if (!works()) return;
    for (const sender of await store.outbox.readySenders(this.now())) if (senders.of(sender)) await this.claimFor(sender);
  }

  private async claimFor(sender: string): Promise<void> {
    const { store, worker, settings } = this.parts;
    const limit = PROCESSES_AT_ONCE - this.countOf(sender);
    if (limit <= 0) return; // the end of a process looks again
    const now = this.now();
    const claim = { holder: `${worker}/${++this.claims}`, sender, now, until: now + settings.outbox.timeoutMs * ATTEMPTS_IN_CLAIM, limit };
    for (const messages of byProcess(await store.outbox.claim(claim))) this.begin(messages, claim, sender);
  }

  private begin(messages: readonly OutgoingMessage[], claim: OutboxClaim, sender: string): void {
    this.underWay.set(sender, this.countOf(sender) + 1);
    this.parts.activity.during(async () => {
      await this.transmitAll(messages, claim).catch((error: unknown) => this.complain(error));
      this.underWay.set(sender, this.countOf(sender) - 1);
      this.lookSoon();
    });
  }

  private countOf(sender: string): number {
    return this.underWay.get(sender) ?? 0;
  }

  /** Transmits the messages of one process in order, up to the first that fails or is for another sender, or to the end of the claim. */
  private async transmitAll(messages: readonly OutgoingMessage[], { holder, until }: OutboxClaim): Promise<void> {
    const { outbox } = this.parts.store;
    const { count, failed } = await this.upToFailure(messages, until);
    await this.rows.delete(messages.slice(0, count).map(({ id }) => id));
    if (failed) await outbox.recordFailure(holder, failed);
    if (failed?.readyAt === null) this.parts.observers.messageParked({ ...messages[count]!, ...failed }, this.parts.clock.now());
    const rest = messages.slice(count + (failed ? 1 : 0)).map(({ id }) => id);
    await outbox.release(holder, rest, failed?.readyAt ?? this.now()); // behind a failed message, nothing is ready before it
  }

  private async upToFailure(messages: readonly OutgoingMessage[], until: number): Promise<{ readonly count: number; readonly failed?: FailedSending }> {
    const { timeoutMs } = this.parts.settings.outbox;
    for (const [count, message] of messages.entries()) {
      if (message.sender !== messages[0]!.sender || !this.parts.works() || this.now() + timeoutMs > until) return { count };
      try {
        await this.transmit(message);
      } catch (error) {
        return { count, failed: this.failure(message, error) };
      }
    }
    return { count: messages.length };
  }

  private transmit(message: OutgoingMessage): Promise<unknown> {
    const { senders, timers, settings } = this.parts;
    const sender = senders.of(message.sender)!; // the claim was made for it
    return withinTime(timers, settings.outbox.timeoutMs, (signal) => sender.transmit(outboxMessage(message), signal));
  }

  private failure({ id, attempts: before, sender, pattern, workflow, processId, step }: OutgoingMessage, thrown: unknown): FailedSending {
    const { retry } = this.parts.settings.outbox;
    const [attempts, error] = [before + 1, describeError(thrown)];
    const pause = isPermanent(thrown) ? null : retryPause(retry, attempts, Math.random());
    const what = `Message ${id} (${patternText(pattern)} to ${sender}) of process ${processId} was not transmitted, attempt ${attempts}: ${error}`;
    saidAbout({ workflow, processId, ...(step !== null && { step }) }, () => {
      if (pause === null) this.logger.error(`${what}. It is parked: workflows.outbox.replay('${id}')`);
      else if (attempts === 1) this.logger.warn(what);
    });
    return { id, attempts, error, readyAt: pause === null ? null : this.now() + pause };
  }

  /** The store itself logs once that it cannot be reached. What was claimed is claimed again later. */
  private complain(error: unknown): void {
    if (!(error instanceof StoreUnavailableError)) this.logger.warn(`The outbox could not be changed, and will be looked at again: ${describeError(error)}`);
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
