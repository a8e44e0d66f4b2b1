/** What people do about messages that steps have sent and that were not transmitted yet. */
import { checkName, checkOptions, MAX_ID } from '../context/checks.js';
import type { OutgoingMessage } from '../core/outgoing.js';
import { outboxMessage, type OutboxMessage } from '../outbox/outbox-message.js';
import type { OutboxTransmitter } from '../outbox/outbox-transmitter.js';
import { cursorPlace, limitOf, type Page, type PageOptions, pageOf } from '../query/page.js';
import { InvalidInputError, MessageNotFoundError, ProcessNotFoundError } from '../values/errors.js';
import { senderName } from '../values/sender-name.js';
import type { Class, SenderRef } from '../values/types.js';
import type { ActionOptions } from '../writer/call-options.js';
import { checkMessageAction } from './message-action.js';
import type { MessagingParts } from './messaging-parts.js';

/** Selects messages of the outbox. */
export interface OutboxFilter extends PageOptions {
  readonly process?: string;
  readonly workflow?: Class | string;
  /** The injection token of a sender, or its name. */
  readonly sender?: SenderRef;
  /** True: only those that are parked. False: only the others. */
  readonly parked?: boolean;
}

const FILTERS = ['process', 'workflow', 'sender', 'parked', 'cursor', 'limit'];

/** The messages that steps have sent and that were not transmitted yet, and what people do about them: `workflows.outbox`. */
export class Outbox {
  /** @internal Made by the engine. */
  constructor(
    private readonly parts: MessagingParts,
    private readonly transmitter: OutboxTransmitter,
  ) {}

  /** Oldest first, a page at a time. @throws InvalidInputError */
  async list(filter: OutboxFilter = {}): Promise<Page<OutboxMessage>> {
    checkOptions('The filter', filter, FILTERS);
    const { process, workflow, sender, parked, cursor } = filter;
    if (process !== undefined) checkName('process', process, MAX_ID);
    if (parked !== undefined && typeof parked !== 'boolean') throw new InvalidInputError('The filter', ['parked must be true or false']);
    const limit = limitOf(filter);
    const place = cursor === undefined ? undefined : cursorPlace(cursor, ['number', 'number', 'string']);
    const found = await this.parts.store.queries.outgoingLike({
      ...(process !== undefined && { processId: process }),
      ...(workflow !== undefined && { workflow: this.parts.registry.nameOf(workflow) }),
      ...(sender !== undefined && { sender: checkedSender(sender) }),
      ...(parked !== undefined && { parked }),
      ...(place && { after: { createdAt: place[0], sequence: place[1], id: place[2] } }),
      limit: limit + 1,
    });
    return pageOf(found, limit, ({ createdAt, sequence, id }) => [createdAt, sequence, id], outboxMessage); // prettier-ignore
  }

  /** @throws MessageNotFoundError if it was transmitted or discarded */
  async get(id: string): Promise<OutboxMessage> {
    return outboxMessage(await this.found(id));
  }

  /** Transmits a message now, as if it had not been tried yet: after its receiver was mended. @throws MessageNotFoundError also while it is being transmitted */
  async replay(id: string, options: ActionOptions = {}): Promise<void> {
    checkMessageAction('outbox', options);
    const message = await this.found(id);
    if (!(await this.parts.store.outbox.replay(id, this.now()))) throw new MessageNotFoundError(id, BEING_TRANSMITTED);
    await this.record(message, 'replayed', options);
    this.transmitter.lookSoon();
  }

  /** Deletes a message that shall not leave any more. @throws MessageNotFoundError also while it is being transmitted */
  async discard(id: string, options: ActionOptions = {}): Promise<void> {
    checkMessageAction('outbox', options);
    const message = await this.found(id);
    if (!(await this.parts.store.outbox.discard(id, this.now()))) throw new MessageNotFoundError(id, BEING_TRANSMITTED);
    await this.record(message, 'discarded', options);
    this.transmitter.lookSoon(); // it may have stood before others
  }

  /** The history of the process tells who has done it. Its process may be deleted by now. */
  private async record({ id, step, sender, processId }: OutgoingMessage, as: 'replayed' | 'discarded', call: ActionOptions): Promise<void> {
    try {
      await this.parts.commands.apply(processId, { type: 'message-unsent', sending: { id, step, sender }, as }, call);
    } catch (error) {
      if (!(error instanceof ProcessNotFoundError)) throw error;
    }
  }

  private async found(id: string): Promise<OutgoingMessage> {
    checkName('id', id, MAX_ID);
    const [found] = await this.parts.store.queries.outgoingLike({ id, limit: 1 });
    if (!found) throw new MessageNotFoundError(id, IN_OUTBOX);
    return found;
  }

  private now(): number {
    return this.parts.clock.now().getTime();
  }
}

const BEING_TRANSMITTED = 'in the outbox that could be changed: it is being transmitted at this moment';
/** Where a message was looked for, in words. */
export const IN_OUTBOX = 'in the outbox that waits to be transmitted';

function checkedSender(ref: SenderRef): string {
  const name = senderName(ref);
  if (name === null) throw new InvalidInputError('The filter', ['sender must be an injection token: a class, a string or a symbol']);
  return name;
}
