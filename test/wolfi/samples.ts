import { IsNumber, IsString } from 'class-validator';
import { asked, Step, type StepRef, Workflow } from 'nestjs-argonaut';

/** minimal_process: three steps that do nothing. */
@Workflow({ name: 'minimal' })
export class MinimalWorkflow {
  @Step() first() {}
  @Step() second() {}
  @Step() third() {}
}

/** simple_process: a sum. */
export class Sum {
  @IsNumber() total!: number;
}

@Workflow({ name: 'addition', context: Sum })
export class AdditionWorkflow {
  @Step() addOne(sum: Sum) {
    return { total: sum.total + 1 };
  }
  @Step() addTwo(sum: Sum) {
    return { total: sum.total + 2 };
  }
  @Step() addThree(sum: Sum) {
    return { total: sum.total + 3 };
  }
}

/** async_process: two answers, a task in the evening, two tasks at once, a step with a prerequisite, an alert at any time, an end of its own. */
export class Order {
  @IsString() customer!: string;
  credit?: number;
  stock?: boolean;
  alerts: string[] = [];
  closed = false;
}

export abstract class Partners {
  abstract askCredit(customer: string, correlationId: string): Promise<void>;
  abstract askStock(): Promise<{ requestId: string }>;
  abstract bill(customer: string): Promise<void>;
  abstract print(customer: string): Promise<void>;
  abstract mail(customer: string): Promise<void>;
}

@Workflow({ name: 'async', context: Order, completeWhen: (order) => order.closed })
export class AsyncWorkflow {
  constructor(private readonly partners: Partners) {}

  @Step({ request: 'askCredit' })
  credit(_order: Order, reply: { credit: number }) {
    return { credit: reply.credit };
  }
  askCredit(order: Order, step: StepRef) {
    return this.partners.askCredit(order.customer, step.correlationId);
  }

  @Step({ request: 'askStock' })
  stock(_order: Order, reply: { available: boolean }) {
    return { stock: reply.available };
  }
  async askStock() {
    const { requestId } = await this.partners.askStock();
    return asked({ correlationId: requestId });
  }

  @Step({ queue: 'evening', after: '3 hours' })
  bill(order: Order) {
    return this.partners.bill(order.customer);
  }

  @Step({ queue: 'letters', parallel: 'letters' })
  print(order: Order) {
    return this.partners.print(order.customer);
  }

  @Step({ queue: 'letters', parallel: 'letters' })
  mail(order: Order) {
    return this.partners.mail(order.customer);
  }

  @Step({ when: (order: Order) => order.stock === true })
  close(_order: Order) {
    return { closed: true };
  }

  @Step({ on: 'alert', unsolicited: true })
  waitForAlert(order: Order, alert: { text: string; stock?: boolean }) {
    return { alerts: [...order.alerts, alert.text], stock: alert.stock ?? order.stock };
  }
}
