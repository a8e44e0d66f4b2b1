import { Injectable } from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
import { MessageSender, type OutboxMessage } from 'nestjs-argonaut';
import { lastValueFrom } from 'rxjs';

/** Where orders and their status go: a broker's topics, or this very process. What a step sends comes here from the outbox. */
export abstract class PizzaTopics extends MessageSender {
  abstract send(topic: string, message: object): Promise<void>;

  override transmit({ pattern, data }: OutboxMessage): Promise<void> {
    return this.send(pattern as string, data as object);
  }
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
