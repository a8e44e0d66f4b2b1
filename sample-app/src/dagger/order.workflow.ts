import { ArrayNotEmpty, IsArray, IsOptional, IsDate, IsString } from 'class-validator';
import { again, type Flow, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { type Shipping, ShippingWorkflow } from './shipping.workflow.js';
import { Warehouse } from './warehouse.js';

export class ShopOrder {
  @IsString() order_number: string;
  @IsString() payment_id: string;
  @IsArray() @ArrayNotEmpty() boxes: string[];
  paid = false;
  box_id = '';
  @IsOptional() @IsDate() picked_at?: Date;
  /** When the fulfilment should be done. */
  complete_by_time: Date = new Date(Date.now() + 86_400_000);
  shipped: string[] = [];
}

export interface Payment {
  readonly accepted: boolean;
  readonly box_id: string;
}

/** A payment command and its listener, a monitored and limited fulfilment, two things at once, a copy for each box, and a race. */
@Workflow({ name: 'OrderWorkflow', context: ShopOrder })
export class OrderWorkflow {
  constructor(private readonly warehouse: Warehouse) {}

  flow(flow: Flow<ShopOrder>) {
    return flow
      .startWith(this.charge)
      .decide(this.howPaid, {
        prepaid: (prepaid) => prepaid.then(this.markPaid),
        onAccount: (unpaid) => unpaid.then(this.payment),
      })
      .stage(
        'Fulfilment',
        (stage) =>
          stage
            .then(this.pick)
            .then(this.packed)
            .waitFor('box.collected', (order) => order.box_id)
            .after('200ms')
            .then(this.handOver),
        {
          within: '7 days',
          required: false,
          overdue: { after: (order) => (order as ShopOrder).complete_by_time, do: 'callManager' },
        },
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

  @Step() charge({ payment_id }: ShopOrder) {
    this.warehouse.say(`charges ${payment_id}`);
  }
  @Step() howPaid({ paid }: ShopOrder) {
    return paid ? 'prepaid' : 'onAccount';
  }
  @Step() markPaid({ boxes }: ShopOrder) {
    return { box_id: boxes[0]! };
  }
  @Step({ on: { event: 'payment.made', key: 'payment_id' }, within: '3 days' })
  payment(_order: ShopOrder, { accepted, box_id }: Payment) {
    return accepted ? { paid: true, box_id } : again();
  }

  @Step() pick({ box_id }: ShopOrder) {
    this.warehouse.say(`picks ${box_id}`);
    return { picked_at: new Date() };
  }
  @Step({ every: '150ms', completeBy: '1 day' }) // asks again and again, for a day at most
  packed({ picked_at }: ShopOrder) {
    return this.warehouse.isPacked(picked_at!);
  }
  @Step() handOver({ box_id }: ShopOrder) {
    this.warehouse.say(`hands over ${box_id}`);
  }

  @Step() tellCustomer({ order_number }: ShopOrder) {
    this.warehouse.say(`tells the customer of ${order_number}`);
  }
  @Step({ child: { workflow: ShippingWorkflow, with: 'box' } })
  shipped(_order: ShopOrder, shipping: Shipping) {
    return { shipped: (boxes: string[]) => [...boxes, shipping.box] };
  }
  box(_order: ShopOrder, step: StepRef<unknown, string>) {
    return { box: step.item };
  }
  callManager({ order_number }: ShopOrder) {
    this.warehouse.say(`${order_number} is late`);
  }
}
