import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { digestOf } from '../values/digest.js';
import type { BrokerMessage, ContextMethods } from './broker-message.js';

/** What is used of a channel of `amqplib`. */
interface RabbitChannel {
  ack(message: object): void;
  nack(message: object, allUpTo: boolean, requeue: boolean): void;
  on(event: 'error', listener: (error: { code?: number }) => void): void;
}

/** What is used of its messages. */
interface RabbitDelivery {
  readonly content: Buffer;
  readonly fields: { readonly exchange: string; readonly routingKey: string; readonly deliveryTag: number };
  readonly properties: { readonly messageId?: string };
}

/** RabbitMQ delivers a message at once when it is requeued. So the pause is made here, and then it may go to any consumer. */
export function rabbitMessage(context: ContextMethods): BrokerMessage | null {
  if (typeof context.getChannelRef !== 'function') return null;
  const [channel, message] = [context.getChannelRef() as RabbitChannel, context.getMessage!() as RabbitDelivery];
  const { fields, properties, content } = message;
  sayWhyItCloses(channel);
  return {
    place: `RabbitMQ ${fields.exchange === '' ? '' : `${fields.exchange}/`}${fields.routingKey}#${fields.deliveryTag}`,
    id: digestOf(fields.exchange, fields.routingKey, properties.messageId ?? content.toString('base64')),
    accept: () => channel.ack(message),
    postpone: async (delayMs) => {
      await pause(delayMs, undefined, { ref: false });
      channel.nack(message, false, true);
    },
    refuse: () => channel.nack(message, false, false),
  };
}

const known = new WeakSet<RabbitChannel>();
const PRECONDITION_FAILED = 406;

/** The broker closes a channel on which something is acknowledged that it has forgotten at delivery: Nest's default. */
function sayWhyItCloses(channel: RabbitChannel): void {
  if (known.has(channel)) return;
  known.add(channel);
  channel.on('error', ({ code }) => {
    if (code !== PRECONDITION_FAILED) return;
    new Logger('Workflow').error('RabbitMQ closed the channel after an acknowledgement. Set noAck: false in the options of the transport, and acknowledge nowhere else.'); // prettier-ignore
  });
}
