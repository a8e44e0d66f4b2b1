import type { OutboxStore } from '../store/outbox-store.js';

/** Deletes messages that were transmitted, in batches: what is transmitted while one batch is deleted goes with the next. */
export class TransmittedRows {
  private ids: string[] = [];
  private deleting: Promise<void> | undefined;

  constructor(private readonly store: Pick<OutboxStore, 'deleteTransmitted'>) {}

  /** Resolves when these are deleted. If that fails they are deleted with the next batch, or transmitted again when their claim has ended. */
  async delete(ids: readonly string[]): Promise<void> {
    this.ids.push(...ids);
    while (this.deleting) await this.deleting.catch(() => {});
    const batch = this.ids;
    if (batch.length === 0) return;
    this.ids = [];
    this.deleting = this.store.deleteTransmitted(batch).finally(() => (this.deleting = undefined));
    await this.deleting.catch((error: unknown) => {
      this.ids.push(...batch);
      throw error;
    });
  }
}
