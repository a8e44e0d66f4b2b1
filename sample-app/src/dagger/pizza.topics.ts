import { Injectable } from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

/** Where orders and their status go: a broker's topics, or this very process. */
export abstract class PizzaTopics {
  abstract send(topic: 'pizza_order_topic' | 'order_status_topic', message: object): Promise<void>;
}

type Listener = (message: object) => unknown;

/** Without a broker. What it was told is lost with the process. */
@Injectable()
export class InProcessTopics extends PizzaTopics {
  private readonly listeners = new Map<string, Listener>();

  listen(topic: string, listener: Listener): void {
    this.listeners.set(topic, listener);
  }

  override async send(topic: string, message: object): Promise<void> {
    setImmediate(() => void this.listeners.get(topic)?.(message));
  }
}

/** With one: RabbitMQ or Kafka, by Nest's client. */
export class BrokerTopics extends PizzaTopics {
  constructor(private readonly client: ClientProxy) {
    super();
  }

  override async send(topic: string, message: object): Promise<void> {
    await lastValueFrom(this.client.emit(topic, message), { defaultValue: undefined });
  }
}
