import { IsString } from 'class-validator';
import { type Digraph, type Flow, Step, type StepRef, Workflow, type WorkflowJson } from 'nestjs-argonaut';

// One process, four spellings, one graph:  price → big? ─ yes → approve ─┬→ ship
//                                                      └ no ────────────┘
class Order {
  items = 0;
  price = 0;
  isBig?: boolean;
  approvedBy?: string;
}
class ApproveDto {
  @IsString() by!: string;
}

// 1. The order written
@Workflow({ name: 'order-1', context: Order })
export class InOrder {
  @Step() price(order: Order) {
    return { price: order.items * 9 };
  }
  @Step({ if: (order: Order) => order.price > 1000, input: ApproveDto })
  approve(order: Order, input: ApproveDto) {
    return { approvedBy: input.by };
  }
  @Step() ship() {}
}

// 2. The builder
@Workflow({ name: 'order-2', context: Order })
export class Built {
  flow(flow: Flow<Order>) {
    return flow
      .startWith(this.price)
      .if((order) => order.price > 1000)
      .do((big) => big.then(this.approve))
      .then(this.ship);
  }
  @Step() price(order: Order) {
    return { price: order.items * 9 };
  }
  @Step({ input: ApproveDto }) approve(order: Order, input: ApproveDto) {
    return { approvedBy: input.by };
  }
  @Step() ship() {}
}

// 3. The digraph
@Workflow({ name: 'order-3', context: Order })
export class Drawn {
  flow: Digraph<Drawn> = {
    start: ['price'],
    price: ['isBig'],
    isBig: ['approve', 'ship'],
    approve: ['ship'],
  };
  @Step() price(order: Order) {
    return { price: order.items * 9 };
  }
  @Step() isBig(order: Order) {
    return order.price > 1000 ? 'approve' : 'ship';
  }
  @Step({ input: ApproveDto }) approve(order: Order, input: ApproveDto) {
    return { approvedBy: input.by };
  }
  @Step() ship() {}
}

// 4. JSON, with step classes
@Step()
export class Price {
  run(order: Order) {
    return { price: order.items * 9, isBig: order.items > 111 };
  }
}
@Step({ input: ApproveDto })
export class Approve {
  run(order: Order, step: StepRef<unknown, unknown, ApproveDto>) {
    return { approvedBy: step.message.by };
  }
}
@Step()
export class Ship {
  run() {}
}

export const order4: WorkflowJson = {
  name: 'order-4',
  steps: [{ name: 'Price' }, { name: 'Approve', if: 'isBig' }, { name: 'Ship' }],
};
