import { byOrder, type OutgoingMessage } from '../../core/outgoing.js';
import { type FailedSending, fitting, type OutboxClaim, OutboxStore, REVISIONS_AT_ONCE } from '../outbox-store.js';
import type { MemoryTables } from './process-rows.js';

export class MemoryOutbox extends OutboxStore {
  private readonly holders = new Map<string, string>();

  constructor(private readonly tables: MemoryTables) {
    super();
  }

  override async readySenders(now: number): Promise<readonly string[]> {
    return [...new Set(this.unparked.filter(({ readyAt }) => readyAt! <= now).map(({ sender }) => sender))];
  }

  override async claim({ holder, sender, now, until, limit }: OutboxClaim): Promise<readonly OutgoingMessage[]> {
    const ready = this.firsts.filter((first) => first.readyAt! <= now && first.sender === sender && !this.isClaimed(first.processId, now));
    const firsts = ready.sort((a, b) => a.readyAt! - b.readyAt!).slice(0, limit);
    const candidates = firsts.flatMap((first) => this.from(first)).sort(byOrder);
    const claimed = fitting(candidates, ({ data }) => JSON.stringify(data).length);
    for (const { id } of claimed) {
      this.holders.set(id, holder);
      this.change(id, { readyAt: until });
    }
    return claimed;
  }

  private isClaimed(processId: string, now: number): boolean {
    return this.unparked.some((each) => each.processId === processId && this.holders.has(each.id) && each.readyAt! > now);
  }

  /** The first message of each process that is not parked. */
  private get firsts(): OutgoingMessage[] {
    const firsts = new Map<string, OutgoingMessage>();
    for (const message of this.unparked.sort(byOrder)) if (!firsts.has(message.processId)) firsts.set(message.processId, message);
    return [...firsts.values()];
  }

  private from({ processId, sequence }: OutgoingMessage): OutgoingMessage[] {
    return this.unparked.filter((each) => each.processId === processId && each.sequence < sequence + REVISIONS_AT_ONCE);
  }

  private get unparked(): OutgoingMessage[] {
    return [...this.tables.outbox.values()].filter(({ readyAt }) => readyAt !== null);
  }

  override async deleteTransmitted(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.delete(id);
  }

  override async recordFailure(holder: string, { id, ...failed }: FailedSending): Promise<void> {
    if (this.holders.get(id) !== holder) return;
    this.holders.delete(id);
    this.change(id, failed);
  }

  override async release(holder: string, ids: readonly string[], readyAt: number): Promise<void> {
    for (const id of ids) {
      if (this.holders.get(id) !== holder) continue;
      this.holders.delete(id);
      this.change(id, { readyAt });
    }
  }

  override async replay(id: string, now: number): Promise<boolean> {
    if (!this.isFree(id, now)) return false;
    this.holders.delete(id);
    this.change(id, { readyAt: now, attempts: 0, error: null });
    return true;
  }

  override async discard(id: string, now: number): Promise<boolean> {
    return this.isFree(id, now) && this.delete(id);
  }

  private isFree(id: string, now: number): boolean {
    const message = this.tables.outbox.get(id);
    return message !== undefined && (!this.holders.has(id) || message.readyAt === null || message.readyAt <= now);
  }

  private change(id: string, values: Partial<OutgoingMessage>): void {
    this.tables.outbox.set(id, { ...this.tables.outbox.get(id)!, ...values });
  }

  private delete(id: string): boolean {
    this.holders.delete(id);
    return this.tables.outbox.delete(id);
  }
}
