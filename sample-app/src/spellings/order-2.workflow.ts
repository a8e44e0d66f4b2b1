/* oxlint-disable typescript/unbound-method -- a flow names methods, and calls none */
import { type Flow, Step, Workflow } from 'nestjs-argonaut';
import { Approval, Order } from './order.js';

/** The builder. */
@Workflow({ name: 'order-2', context: Order })
export class Built {
  flow(flow: Flow<Order>) {
    // prettier-ignore
    return flow
      .startWith(this.price)
      .if((order) => order.price > 1000).do((big) => big.then(this.approve))
      .then(this.ship);
  }

  @Step()
  price({ items }: Order) {
    return { price: items * 9 };
  }

  @Step({ input: Approval })
  approve(_order: Order, { by }: Approval) {
    return { approvedBy: by };
  }

  @Step()
  ship() {}
}
