import { IsInt, IsString } from 'class-validator';
import { again, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { DeliveryService } from './delivery.service.js';
import { PizzaTopics } from './pizza.topics.js';

export class Pizza {
  @IsString() order_id: string;
  @IsString() customer_id: string;
  @IsInt() pizza_type: number;
}

export interface OrderStatus {
  readonly order_id: string;
  readonly status: 'BAKING' | 'READY';
}

/** Two stages: the order is sent to the kitchen and waited for, then the pizza is delivered. */
@Workflow({
  name: 'PizzaWorkflow',
  context: Pizza,
  stages: { Order: { overdue: { after: '1 hour', do: 'apologise' } }, Delivery: {} },
})
export class PizzaWorkflow {
  constructor(private readonly delivery: DeliveryService) {}

  @Step({ stage: 'Order' }) // a command: the message is part of the commit, and the outbox tries again while the broker is away
  order({ order_id, customer_id, pizza_type }: Pizza, step: StepRef) {
    step.send(PizzaTopics, 'pizza_order_topic', { order_id, customer_id, pizza_type });
  }

  @Step({ stage: 'Order', on: { event: 'pizza.status', key: 'order_id' } }) // a listener
  ready(_pizza: Pizza, message: OrderStatus) {
    return message.status === 'READY' ? undefined : again(); // the next message, then
  }

  @Step({ stage: 'Delivery' }) // an executor
  deliver(pizza: Pizza, step: StepRef) {
    return this.delivery.deliver(pizza.order_id, pizza.customer_id, step.idempotencyKey);
  }

  apologise(_pizza: Pizza, step: StepRef) {
    step.note('it takes longer than an hour');
  }
}
