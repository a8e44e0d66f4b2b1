import { type Digraph, Step, Workflow } from 'nestjs-argonaut';
import { Approval, Order } from './order.js';

/** The digraph: its decision is a step. */
@Workflow({ name: 'order-3', context: Order })
export class Drawn {
  flow: Digraph<Drawn> = {
    start: ['price'],
    price: ['isBig'],
    isBig: ['approve', 'ship'],
    approve: ['ship'],
  };

  @Step()
  price({ items }: Order) {
    return { price: items * 9 };
  }

  @Step()
  isBig(order: Order) {
    return order.price > 1000 ? 'approve' : 'ship';
  }

  @Step({ input: Approval })
  approve(_order: Order, { by }: Approval) {
    return { approvedBy: by };
  }

  @Step()
  ship() {}
}
