import { type CallHandler, type ExecutionContext, Injectable, Logger, type NestInterceptor, Optional } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { catchError, concat, defer, ignoreElements, type Observable } from 'rxjs';
import { howMany } from '../values/how-many.js';
import { reasonOf } from '../values/reason.js';
import { ackDelayMs, type AckOptions, type AckSettings, ackSettings, type MessageFault } from './ack-options.js';
import { type BrokerMessage, brokerMessageOf } from './broker-message.js';
import { MessageFailures } from './message-failures.js';

/** Nest's own key for the kind of a handler, and its value for `@MessagePattern`. */
const HANDLER_KIND = 'microservices:handler_type';
const ANSWERS_ITS_SENDER = 1;

/** A message at the end of a delivery that failed. */
interface FailedDelivery {
  readonly message: BrokerMessage;
  readonly execution: ExecutionContext;
  readonly error: unknown;
}

/**
 * Acknowledges messages of RabbitMQ, Kafka and NATS JetStream when the handler has resolved, and only then: what a broker forgets is
 * committed. A message whose handler throws comes again after a pause; one that can never be taken, or that failed too often, is
 * refused: RabbitMQ takes it out of the queue (to the exchange that the queue names for that), JetStream terminates it, Kafka goes past it; `onRefused`
 * is called first. Other transports are left as they are.
 *
 * The sender of a `@MessagePattern` is told of an error and decides itself, so its message is not delivered again.
 *
 * For RabbitMQ set `noAck: false` and a `prefetchCount`, for Kafka `run: { autoCommit: false }`. Guards run before interceptors, so
 * what a guard refuses is not acknowledged here.
 *
 * @example `app.connectMicroservice(options, { inheritAppConfig: true }); app.useGlobalInterceptors(new WorkflowAckInterceptor());`
 */
@Injectable()
export class WorkflowAckInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Workflow');
  private readonly settings: AckSettings;
  private readonly failures = new MessageFailures();
  private readonly reflector = new Reflector();

  /** @throws InvalidInputError */
  constructor(@Optional() options?: AckOptions) {
    this.settings = ackSettings(options ?? {});
  }

  /** Called by Nest. */
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const message = brokerMessageOf(execution);
    if (!message) return next.handle();
    const accepted = defer(() => this.accept(message)).pipe(ignoreElements());
    return concat(next.handle(), accepted).pipe(catchError((error: unknown) => this.failed({ message, execution, error })));
  }

  private async accept(message: BrokerMessage): Promise<void> {
    this.failures.forget(message.id);
    await this.tell(message, () => message.accept());
  }

  private async failed(failed: FailedDelivery): Promise<undefined> {
    const { message, execution, error } = failed;
    if (this.reflector.get<unknown>(HANDLER_KIND, execution.getHandler()) === ANSWERS_ITS_SENDER) {
      await this.accept(message);
      throw error;
    }
    const fault = this.settings.faultOf(error);
    const { counted, all } = this.failures.note(message.id, fault !== 'wait');
    if (this.isOver(fault, counted) && (await this.refuse(failed, counted))) return undefined;
    await this.tell(message, () => message.postpone(ackDelayMs(this.settings, all, Math.random())));
    throw error;
  }

  private isOver(fault: MessageFault, counted: number): boolean {
    return fault === 'refuse' || (fault === 'retry' && counted >= this.settings.maxDeliveries);
  }

  /** False if `onRefused` rejects: then the message must not be lost. */
  private async refuse({ message, execution, error }: FailedDelivery, deliveries: number): Promise<boolean> {
    const { place, id } = message;
    const rpc = execution.switchToRpc();
    try {
      await this.settings.onRefused({ place, error, deliveries, payload: rpc.getData<unknown>(), context: rpc.getContext<unknown>() });
    } catch (rejected) {
      this.logger.error(`${place}: onRefused rejected, so the message comes again: ${reasonOf(rejected)}`);
      return false;
    }
    this.failures.forget(id);
    this.logger.error(`${place}: refused after ${howMany(deliveries, 'failed delivery', 'failed deliveries')}: ${reasonOf(error)}`);
    await this.tell(message, () => message.refuse());
    return true;
  }

  /** A broker that is away delivers the message again. That one is a duplicate, and is recorded as such. */
  private async tell(message: BrokerMessage, what: () => unknown): Promise<void> {
    try {
      await what();
    } catch (error) {
      this.logger.warn(`${message.place}: the broker was not told, and will deliver the message again: ${reasonOf(error)}`);
    }
  }
}
