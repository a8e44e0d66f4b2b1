import { Logger } from '@nestjs/common';
import type { Change } from '../core/change.js';
import type { OutgoingMessage } from '../core/outgoing.js';
import type { BodyObserver, EndedBody } from '../execution/body-observer.js';
import { publishParked } from './diagnostics.js';
import { describeError } from '../values/describe-error.js';

/** A part of the application that is told what happens on this instance. Best effort: the audit records are the truth. */
export interface Observer {
  /** After a commit. */
  committed?(change: Change): void;
  bodyEnded?(body: EndedBody): void;
  taskBegan?(queue: string, ms: number): void;
  /** A message of the outbox is not tried again until a person replays it. */
  messageParked?(message: OutgoingMessage, at: Date): void;
}

/** Tells observers what happens. Without one of them a commit costs a look at an empty list, and a body costs less. */
export class Observers implements BodyObserver {
  private readonly logger = new Logger('Workflow');
  private all: readonly Observer[] = [];
  watchesBodies = false;

  /** Tells it from now on, until the returned function is called. */
  add(observer: Observer): () => void {
    this.set([...this.all, observer]);
    return () => this.set(this.all.filter((each) => each !== observer));
  }

  private set(all: readonly Observer[]): void {
    this.all = all;
    this.watchesBodies = all.some(({ bodyEnded, taskBegan }) => bodyEnded ?? taskBegan);
  }

  committed(change: Change): void {
    for (const observer of this.all) this.tell(() => observer.committed?.(change));
  }

  bodyEnded(body: EndedBody): void {
    for (const observer of this.all) this.tell(() => observer.bodyEnded?.(body));
  }

  taskBegan(queue: string, ms: number): void {
    for (const observer of this.all) this.tell(() => observer.taskBegan?.(queue, ms));
  }

  /** Called when that is stored. `message`: as it is now, with its error. */
  messageParked(message: OutgoingMessage, at: Date): void {
    publishParked(message, at);
    for (const observer of this.all) this.tell(() => observer.messageParked?.(message, at));
  }

  /** What an observer throws must reach neither the others nor a body. */
  private tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.logger.error(`An observer of workflows failed: ${describeError(error)}`);
    }
  }
}
