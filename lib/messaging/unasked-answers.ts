import { Logger } from '@nestjs/common';
import type { MessageState } from '../core/change.js';
import type { ProcessStore } from '../store/process-store.js';
import { type Clock, SystemTimers, type Timers } from '../values/clock.js';
import { howMany } from '../values/how-many.js';
import { isAskedFor } from './askers.js';

/** An answer may be faster than the commit of the wait for it. */
const PATIENCE_MS = 1000;
const EVERY_MS = 60_000;
/** How many are looked up again for one line. */
const MOST_LOOKED_UP = 50;

/**
 * Says of answers that they are kept, because no process has asked under their correlation id: a wrong id is silent otherwise. The first is
 * told of after a second, those that follow once a minute. Correlation ids are secrets, so the line has none.
 */
export class UnaskedAnswers {
  private readonly logger = new Logger('Workflow');
  private noticed: MessageState[] = [];
  private unseen = 0;
  private cancel: (() => void) | undefined;
  private isStopped = false;

  constructor(
    private readonly parts: { readonly store: ProcessStore; readonly clock: Clock },
    private readonly timers: Timers = new SystemTimers(),
  ) {}

  /** The answer was stored, and no wait was found for it. */
  stored(message: MessageState): void {
    if (this.isStopped) return;
    if (this.noticed.length < MOST_LOOKED_UP) this.noticed.push(message);
    else this.unseen++;
    this.cancel ??= this.lookAfter(PATIENCE_MS);
  }

  stop(): void {
    this.isStopped = true;
    this.cancel?.();
  }

  private lookAfter(ms: number): () => void {
    return this.timers.after(ms, () => void this.look());
  }

  private async look(): Promise<void> {
    const before = this.parts.clock.now().getTime() - PATIENCE_MS;
    const [ripe, unseen] = [this.noticed.filter(({ receivedAt }) => receivedAt <= before), this.unseen];
    [this.noticed, this.unseen] = [this.noticed.filter(({ receivedAt }) => receivedAt > before), 0];
    const kept = await this.unasked(ripe).catch(() => []); // an outage has lines of its own
    if (this.isStopped) return;
    if (kept.length > 0) this.logger.warn(lineAbout(kept, unseen));
    this.cancel = kept.length > 0 ? this.lookAfter(EVERY_MS) : this.noticed.length > 0 ? this.lookAfter(PATIENCE_MS) : undefined;
  }

  private async unasked(messages: readonly MessageState[]): Promise<MessageState[]> {
    const { store } = this.parts;
    const kept: MessageState[] = [];
    for (const { id } of messages) {
      const [stored] = await store.queries.messagesLike({ dispositions: ['stored'], id, limit: 1 });
      if (stored && !(await isAskedFor(store, stored))) kept.push(stored);
    }
    return kept;
  }
}

/** `unseen`: so many more were stored, and were not looked up again. */
function lineAbout(kept: readonly MessageState[], unseen: number): string {
  const [{ workflow, step, id }, ...others] = kept as [MessageState, ...MessageState[]];
  const more = others.length + unseen;
  return (
    `An answer to ${workflow}.${step} is kept, because no process has asked under its correlation id: was it sent with another one? ` +
    `workflows.inbox.get('${id}') shows it.${more === 0 ? '' : ` ${howMany(more, 'more answer has', 'more answers have')} come like it.`}`
  );
}
