import type { ExecutionContext } from '@nestjs/common';
import { jetStreamMessage } from './jetstream-message.js';
import { kafkaMessage } from './kafka-message.js';
import { rabbitMessage } from './rabbit-message.js';

/** A message that its broker keeps until it is told what became of it. */
export interface BrokerMessage {
  /** The broker, and where the message lies. */
  readonly place: string;
  /** The same at each delivery, as far as the broker says so. */
  readonly id: string;
  /** The broker may forget it. */
  accept(): unknown;
  /** The broker is to deliver it again, and not before `delayMs` have passed. */
  postpone(delayMs: number): unknown;
  /** The broker is to deliver it no more. */
  refuse(): unknown;
}

/** A method of a transport's context, where there is one. The clients of brokers are no dependencies, so a context is known by its methods. */
export type ContextMethods = Readonly<Record<string, (() => any) | undefined>>;

/** Null where nothing is to be acknowledged: HTTP, TCP, gRPC, Redis, MQTT, NATS without JetStream. */
export function brokerMessageOf(execution: ExecutionContext): BrokerMessage | null {
  if (execution.getType<string>() !== 'rpc') return null;
  const context = execution.switchToRpc().getContext<ContextMethods | undefined>();
  if (typeof context?.getMessage !== 'function') return null;
  return rabbitMessage(context) ?? kafkaMessage(context) ?? jetStreamMessage(context);
}
