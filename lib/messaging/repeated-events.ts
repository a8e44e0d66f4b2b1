import { Logger } from '@nestjs/common';
import { eventIn } from '../core/addresses.js';
import type { MessageState } from '../core/change.js';
import type { CallOptions } from '../writer/call-options.js';
import type { Delivery } from './delivery.js';
import type { MessageDelivery } from './message-delivery.js';
import type { MessagingParts } from './messaging-parts.js';

/** An event whose id has come before. It changes nothing, and the history of each process that had it says so. */
export class RepeatedEvents {
  private readonly logger = new Logger('Workflow');

  constructor(
    private readonly parts: MessagingParts,
    private readonly delivery: MessageDelivery,
  ) {}

  /** Tells the processes that had the event and wait for it no more. `told`: those that still wait have heard of it. */
  async tellOthers(message: MessageState, kept: MessageState, told: readonly Delivery[], call: CallOptions): Promise<Delivery[]> {
    const known = await this.parts.store.commits.knownAt([message.address]);
    const copies = known.filter(({ id, identity, processId }) => id !== message.id && identity === message.identity && processId !== null);
    const others = copies.filter(({ processId }) => !told.some((each) => each.processId === processId));
    if (copies.length === 0 && kept.digest !== message.digest) this.warnOfOtherBody(message);
    const again = (copy: MessageState) => ({ type: 'message-missed' as const, message: { ...message, id: copy.id } });
    return Promise.all(
      others.map(async (copy) => ({ processId: copy.processId!, disposition: await this.delivery.apply(copy.processId!, again(copy), call) })),
    );
  }

  /** No process has it, so no history can say so. */
  private warnOfOtherBody({ address }: MessageState): void {
    this.logger.warn(`Event "${eventIn(address)}" has come with the messageId of an earlier one and another body. The earlier one is kept, this one is not.`);
  }
}
