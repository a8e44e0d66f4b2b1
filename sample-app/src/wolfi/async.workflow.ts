import { Logger } from '@nestjs/common';
import { IsOptional, IsString } from 'class-validator';
import { asked, Step, Workflow } from 'nestjs-argonaut';

export class Order {
  @IsString() customer: string;
  credit?: number;
  stock?: boolean;
  alerts: string[] = [];
  closed = false;
}

export class Alert {
  @IsString() text: string;
  @IsOptional() stock?: boolean;
}

/**
 * Two answers; a task for the evening; two tasks at once; a step with a prerequisite; an alert that may come at any time;
 * and an end of its own. The answers and the alert come by HTTP: see the controller.
 */
@Workflow({ name: 'async', context: Order, completeWhen: (order) => order.closed })
export class AsyncWorkflow {
  private readonly logger = new Logger('AsyncWorkflow');

  @Step({ request: 'askCredit' })
  credit(_order: Order, answer: { credit: number }) {
    return { credit: answer.credit };
  }

  // The answer comes under the id of this request, `step.correlationId`.
  askCredit(order: Order) {
    this.logger.log(`asks for the credit of ${order.customer}`);
  }

  @Step({ request: 'askStock' })
  stock(_order: Order, answer: { available: boolean }) {
    return { stock: answer.available };
  }

  // This partner brings an id of its own.
  askStock(order: Order) {
    return asked({ correlationId: `stock-for-${order.customer}` });
  }

  // In life: after: () => new Date(new Date().setHours(20, 0, 0))
  @Step({ queue: 'evening', after: '1s' })
  bill(order: Order) {
    this.logger.log(`bills ${order.customer}`);
  }

  @Step({ queue: 'letters', parallel: 'letters' })
  print(order: Order) {
    this.logger.log(`prints a letter to ${order.customer}`);
  }

  @Step({ queue: 'letters', parallel: 'letters' })
  mail(order: Order) {
    this.logger.log(`mails ${order.customer}`);
  }

  @Step({ when: (order: Order) => order.stock === true })
  close(_order: Order) {
    return { closed: true };
  }

  @Step({ on: 'alert', unsolicited: true })
  waitForAlert(order: Order, alert: Alert) {
    return { alerts: [...order.alerts, alert.text], stock: alert.stock ?? order.stock };
  }
}
