import { IsNumber, IsString } from 'class-validator';
import { Step, type StepRef, Workflow, asked } from 'nestjs-argonaut';

// minimal_process: three steps that do nothing
@Workflow({ name: 'minimal' })
export class MinimalWorkflow {
  @Step() first() {}
  @Step() second() {}
  @Step() third() {}
}

// simple_process: a sum
class Sum {
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

// async_process: two answers, one task this evening, two tasks at once, a step with a prerequisite, an alert that may come at any
// time, and an end of its own (is_complete)
class Order {
  @IsString() customer!: string;
  credit?: number;
  stock?: boolean;
  alerts: string[] = [];
  closed = false;
}
abstract class Partners {
  abstract askCredit(customer: string, correlationId: string): Promise<void>;
  abstract askStock(): Promise<{ requestId: string }>;
  abstract bill(customer: string): Promise<void>;
  abstract print(customer: string): Promise<void>;
  abstract mail(customer: string): Promise<void>;
}
const thisEvening = () => new Date(new Date().setHours(20, 0, 0));

@Workflow({ name: 'async', context: Order, completeWhen: (order) => order.closed })
export class AsyncWorkflow {
  constructor(private readonly partners: Partners) {}

  @Step({ request: 'askCredit' })
  credit(order: Order, reply: { credit: number }) {
    return { credit: reply.credit };
  }
  askCredit(order: Order, step: StepRef) {
    return this.partners.askCredit(order.customer, step.correlationId);
  }

  @Step({ request: 'askStock' })
  stock(order: Order, reply: { available: boolean }) {
    return { stock: reply.available };
  }
  async askStock() {
    const { requestId } = await this.partners.askStock(); // they bring their own id
    return asked({ correlationId: requestId });
  }

  @Step({ queue: 'evening', after: thisEvening })
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

  @Step({ when: (order: Order) => order.stock === true }) // waits until an alert says so
  close(_order: Order) {
    return { closed: true };
  }

  @Step({ on: 'alert', unsolicited: true })
  waitForAlert(order: Order, alert: { text: string; stock?: boolean }) {
    return { alerts: [...order.alerts, alert.text], stock: alert.stock ?? order.stock };
  }
}

declare module 'nestjs-argonaut' {
  interface Queues {
    evening: true;
    letters: true;
  }
  interface Events {
    alert: { text: string; stock?: boolean };
  }
}
