// file: jetstream.strategy.ts
import { type Consumer, type ConsumerMessages, jetstream, type JsMsg } from '@nats-io/jetstream';
import { BaseRpcContext, type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { lastValueFrom } from 'rxjs';

export class JetStreamContext extends BaseRpcContext<[message: JsMsg]> {
  getMessage(): JsMsg {
    return this.args[0];
  }
}

export interface JetStreamOptions {
  readonly servers: string;
  readonly stream: string;
  /** A durable consumer of the stream, with explicit acknowledgement. Several instances share it. */
  readonly consumer: string;
  /** How many messages an instance holds at once. */
  readonly maxMessages?: number;
}

/** Calls `@EventPattern` handlers, found by the subject, with the messages of a durable consumer. */
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  private connection?: NatsConnection;
  private messages?: ConsumerMessages;

  constructor(private readonly options: JetStreamOptions) {
    super();
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      this.connection = await connect({ servers: this.options.servers, maxReconnectAttempts: -1 });
      const consumer = await jetstream(this.connection).consumers.get(this.options.stream, this.options.consumer);
      void this.consume(consumer);
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    await this.messages?.close();
    await this.connection?.drain();
  }

  unwrap<T>(): T {
    return this.connection as T;
  }

  on(): void {}

  private async consume(consumer: Consumer): Promise<void> {
    this.messages = await consumer.consume({ max_messages: this.options.maxMessages ?? 100 });
    for await (const message of this.messages) void this.handle(message);
  }

  /** WorkflowAckInterceptor tells the broker. What a guard refused, and what no method takes, is told here. */
  private async handle(message: JsMsg): Promise<void> {
    const handler = this.getHandlerByPattern(message.subject);
    if (!handler) return message.term();
    try {
      const result = await handler(this.dataOf(message), new JetStreamContext([message]));
      await lastValueFrom(this.transformToObservable(result), { defaultValue: undefined });
    } catch {
      message.nak(1000); // ignored if the interceptor has told it
    }
  }

  /** A body that is not JSON goes to the handler as text: it is the handler's to refuse. */
  private dataOf(message: JsMsg): unknown {
    try {
      return message.json();
    } catch {
      return message.string();
    }
  }
}
