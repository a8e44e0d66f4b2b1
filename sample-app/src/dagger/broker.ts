import { type KafkaOptions, type RmqOptions, Transport } from '@nestjs/microservices';
import { settings } from '../settings.js';

const QUEUE = 'argonaut.pizza';

/** The transport that `PIZZA_BROKER_URL` names: amqp://… or kafka://…; undefined: none. */
export function broker(): RmqOptions | KafkaOptions | undefined {
  const url = settings.pizzaBrokerUrl;
  if (url === undefined) return undefined;
  if (url.startsWith('kafka:')) return kafka(new URL(url).host);
  // instances compete for the messages of one queue; WorkflowAckInterceptor acknowledges a message when it has been handled
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
    options: { client: { clientId: QUEUE, brokers: [host] }, consumer: { groupId: QUEUE }, run: { autoCommit: false } },
  };
}

/** The client of the same broker: it only sends, so it leaves the messages of the queue alone. */
export function client(): RmqOptions | KafkaOptions | undefined {
  const found = broker();
  if (found?.transport !== Transport.RMQ) return found;
  return { ...found, options: { ...found.options, noAck: true } };
}
