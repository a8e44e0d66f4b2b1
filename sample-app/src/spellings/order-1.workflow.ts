import { Step, Workflow } from 'nestjs-argonaut';
import { Approval, Order } from './order.js';

/** The order written. */
@Workflow({ name: 'order-1', context: Order })
export class InOrder {
  @Step()
  price({ items }: Order) {
    return { price: items * 9 };
  }

  @Step({ if: (order: Order) => order.price > 1000, input: Approval })
  approve(_order: Order, { by }: Approval) {
    return { approvedBy: by };
  }

  @Step()
  ship() {}
}
