import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { type KafkaOptions, type RmqOptions, RmqContext, Transport } from '@nestjs/microservices';
import { from, type Observable, switchMap, tap } from 'rxjs';
import { settings } from '../settings.js';

const QUEUE = 'argonaut.pizza';

/** The transport that `PIZZA_BROKER_URL` names: amqp://… or kafka://…; undefined: none. */
export function broker(): RmqOptions | KafkaOptions | undefined {
  const url = settings.pizzaBrokerUrl;
  if (url === undefined) return undefined;
  if (url.startsWith('kafka:')) return kafka(new URL(url).host);
  // instances compete for the messages of one queue; a message is forgotten when it has been handled, not when it is handed out
  return {
    transport: Transport.RMQ,
    options: {
      urls: [url],
      queue: QUEUE,
      queueOptions: { durable: true },
      noAck: false,
      prefetchCount: 10,
      persistent: true,
    },
  };
}

/** Needs `npm install kafkajs`. Instances are one group, so each message reaches one of them. */
function kafka(host: string): KafkaOptions {
  return {
    transport: Transport.KAFKA,
    options: { client: { clientId: QUEUE, brokers: [host] }, consumer: { groupId: QUEUE } },
  };
}

/** The client of the same broker: it only sends, so it leaves the messages of the queue alone. */
export function client(): RmqOptions | KafkaOptions | undefined {
  const found = broker();
  if (found?.transport !== Transport.RMQ) return found;
  return { ...found, options: { ...found.options, noAck: true } };
}

/** Acknowledges a message of RabbitMQ after its handler: what it says is in the database by then. Else it is handed out again. */
export class AcknowledgeWhenHandled implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const rabbit = context.switchToRpc().getContext<unknown>();
    if (!(rabbit instanceof RmqContext)) return next.handle();
    const channel = rabbit.getChannelRef() as { ack(message: object): void; nack(message: object): void };
    return from(next.handle()).pipe(
      switchMap(async (result) => result as unknown),
      tap({ next: () => channel.ack(rabbit.getMessage()), error: () => channel.nack(rabbit.getMessage()) }),
    );
  }
}
