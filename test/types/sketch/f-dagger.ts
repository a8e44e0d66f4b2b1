import { Controller, Inject, Injectable, Module } from '@nestjs/common';
import { type ClientKafka, ClientsModule, EventPattern, Payload, Transport } from '@nestjs/microservices';
import { IsArray, IsInt, IsString } from 'class-validator';
import { lastValueFrom } from 'rxjs';
import { type Flow, HandlesEvent, Step, type StepRef, Workflow, WorkflowModule, WorkflowService, again } from 'nestjs-argonaut';

/* ------------------------------------------------------------------ pizza ---- */

class Pizza {
  @IsString() order_id!: string;
  @IsString() customer_id!: string;
  @IsInt() pizza_type!: number;
}
interface OrderStatus {
  order_id: string;
  status: 'READY' | 'BAKING';
}

@Workflow({ name: 'PizzaWorkflow', context: Pizza })
export class PizzaWorkflow {
  constructor(@Inject('KAFKA') private readonly kafka: ClientKafka) {}

  @Step({ stage: 'Order' })
  async order(pizza: Pizza) {
    await lastValueFrom(this.kafka.emit('pizza_order_topic', pizza));
  }

  @Step({ stage: 'Order', on: { event: 'pizza.status', key: 'order_id' } })
  ready(pizza: Pizza, message: OrderStatus) {
    if (message.status !== 'READY') return again();
  }

  @Step({ stage: 'Delivery' })
  async deliver({ order_id, customer_id }: Pizza) {
    await fetch('http://www.deliverysvc.com', { method: 'POST', body: JSON.stringify({ order_id, customer_id }) });
  }
}

@Controller()
export class OrderStatusConsumer {
  @EventPattern('order_status_topic') // Kafka, RabbitMQ, NATS, Redis...: any Nest transport
  @HandlesEvent('pizza.status', (message: OrderStatus) => message.order_id)
  onStatus(@Payload() message: OrderStatus) {
    return message;
  }
}

@Injectable()
export class PizzaShop {
  constructor(private readonly workflows: WorkflowService) {}

  order(order_id: string, customer_id: string, pizza_type: number) {
    return this.workflows.start(PizzaWorkflow, { order_id, customer_id, pizza_type }, { groupId: order_id });
  }
}

@Module({
  imports: [WorkflowModule.forRoot(), ClientsModule.register([{ name: 'KAFKA', transport: Transport.KAFKA }])],
  controllers: [OrderStatusConsumer],
  providers: [PizzaWorkflow, PizzaShop],
})
export class PizzaModule {}

/* ------------------------------------------------------------------ order ---- */

class Order {
  @IsString() order_number!: string;
  @IsString() payment_id!: string;
  @IsArray() boxes!: string[];
  box_id?: string;
  paid = false;
  shipAt = new Date();
  shipped: string[] = [];
}
interface Payment {
  payment_id: string;
  box_id: string;
  accepted: boolean;
}

abstract class Warehouse {
  abstract charge(order: Order): Promise<void>;
  abstract pick(order: Order): Promise<void>;
  abstract isPacked(box: string | undefined): Promise<boolean>;
  abstract ship(box: string): Promise<void>;
  abstract tell(who: 'customer' | 'manager', order: Order): Promise<void>;
}

class Shipping {
  @IsString() box!: string;
}
@Workflow({ name: 'ShippingWorkflow', context: Shipping })
export class ShippingWorkflow {
  constructor(private readonly warehouse: Warehouse) {}
  @Step() ship(shipping: Shipping) {
    return this.warehouse.ship(shipping.box);
  }
  @Step({ on: { event: 'box.delivered', key: 'box' } }) delivered() {}
}

@Workflow({ name: 'OrderWorkflow', context: Order })
export class OrderWorkflow {
  constructor(private readonly warehouse: Warehouse) {}

  flow(flow: Flow<Order>) {
    return flow
      .startWith(this.charge)
      .decide(this.howPaid, {
        prepaid: (paid) => paid.then(this.markPaid),
        onAccount: (unpaid) => unpaid.then(this.payment),
      })
      .stage(
        'Fulfilment',
        (stage) =>
          stage
            .then(this.pick)
            .then(this.packed)
            .waitFor('box.collected', (order) => order.box_id ?? '')
            .after((order) => order.shipAt),
        { within: '7 days', required: false, overdue: { after: '2 days', do: 'callManager' } },
      )
      .all(
        (invoice) => invoice.waitFor('invoice.sent'),
        (customer) => customer.then(this.tellCustomer),
      )
      .forEach((order) => order.boxes)
      .do((box) => box.then(this.shipped))
      .any(
        (signed) => signed.waitFor('order.signed'),
        (late) => late.after('30 days'),
      );
  }

  @Step() charge(order: Order) {
    return this.warehouse.charge(order);
  }
  @Step() howPaid(order: Order) {
    return order.paid ? 'prepaid' : 'onAccount';
  }
  @Step() markPaid() {
    return { paid: true };
  }

  @Step({ on: { event: 'payment.made', key: 'payment_id' }, within: '3 days' })
  payment(order: Order, message: Payment) {
    return message.accepted ? { paid: true, box_id: message.box_id } : again();
  }

  @Step() pick(order: Order) {
    return this.warehouse.pick(order);
  }

  @Step({ within: '1 day', timeout: '10s', required: false }) // asks every five minutes, for a day at most
  async packed(order: Order) {
    if (!(await this.warehouse.isPacked(order.box_id))) return again({ after: '5 minutes' });
  }

  @Step({ child: { workflow: ShippingWorkflow, with: 'box' } })
  shipped(order: Order, shipping: Shipping) {
    return { shipped: (boxes: string[]) => [...boxes, shipping.box] };
  }
  box(order: Order, step: StepRef<unknown, string>) {
    return { box: step.item };
  }

  @Step() tellCustomer(order: Order) {
    return this.warehouse.tell('customer', order);
  }
  callManager(order: Order) {
    return this.warehouse.tell('manager', order);
  }
}

declare module 'nestjs-argonaut' {
  interface Events {
    'pizza.status': OrderStatus;
    'payment.made': Payment;
    'box.collected': object;
    'box.delivered': object;
    'invoice.sent': object;
    'order.signed': object;
  }
}
