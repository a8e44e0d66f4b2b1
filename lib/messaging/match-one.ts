import { turnAddress } from '../core/addresses.js';
import type { MessageState } from '../core/change.js';
import type { WaitAt } from '../store/port.js';
import { digestOf } from '../values/digest.js';
import type { CallOptions } from '../writer/call-options.js';
import { copyFor, type Delivery } from './delivery.js';
import type { MessageDelivery } from './message-delivery.js';
import type { MessagingParts } from './messaging-parts.js';

/** Brings an event to one of the waits that say `matchOne`, on however many instances it is found. */
export class MatchOne {
  constructor(
    private readonly parts: MessagingParts,
    private readonly delivery: MessageDelivery,
  ) {}

  /** Brings the event to the first wait that takes it. Instances that look at the same time choose the same wait. */
  async bring(message: MessageState, waits: readonly WaitAt[], call: CallOptions, repeated: boolean): Promise<Delivery[]> {
    const candidates = [...waits];
    const hints = { kept: message, ...(!repeated && { lookedUp: true as const }) };
    for (let turn = 0; candidates.length > 0; turn++) {
      const chosen = await this.choose(message, turn, candidates[0]!, call);
      const isKnown = candidates.some((wait) => isSameWait(wait, chosen)); // otherwise an instance that knows its workflow finds it
      if (isSameWait(chosen, candidates[0]!)) candidates.shift();
      const disposition = await this.delivery.bring(copyFor(message, chosen.processId), chosen, call, hints);
      if (disposition === 'late' || (disposition === 'stored' && isKnown)) continue;
      if (disposition === 'delivered') await this.noteTaken(message, call);
      return [{ processId: chosen.processId, disposition }];
    }
    return [];
  }

  /** The wait whose turn it is, on all instances: the choice that is stored first. */
  private async choose(message: MessageState, turn: number, wait: WaitAt, { manager }: CallOptions): Promise<WaitAt> {
    const choice: MessageState = {
      ...message,
      id: digestOf(message.id, 'one', String(turn)),
      address: turnAddress(message.id),
      body: { ...wait },
    };
    const [known] = await this.parts.store.commits.keepMessages([choice], manager);
    return (known?.body as WaitAt | undefined) ?? wait;
  }

  private async noteTaken(message: MessageState, { manager }: CallOptions): Promise<void> {
    await this.parts.store.commits.keepMessages([{ ...message, id: noteOfTaken(message), address: turnAddress(message.id) }], manager);
  }
}

/** The id of the note that one wait has taken the event, so that no more turns are needed. */
export function noteOfTaken({ id }: MessageState): string {
  return digestOf(id, 'taken');
}

function isSameWait(a: WaitAt, b: WaitAt): boolean {
  return a.processId === b.processId && a.key === b.key && a.run === b.run;
}
