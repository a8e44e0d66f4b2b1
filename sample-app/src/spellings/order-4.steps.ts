import { Step, type StepRef } from 'nestjs-argonaut';
import { Approval, type Order } from './order.js';

// JSON names step classes, and its conditions are keys of the context: so `isBig` is one.

@Step()
export class Price {
  run({ items }: Order) {
    const price = items * 9;
    return { price, isBig: price > 1000 };
  }
}

@Step({ input: Approval })
export class Approve {
  run(_order: Order, step: StepRef<unknown, unknown, Approval>) {
    return { approvedBy: step.message.by };
  }
}

@Step()
export class Ship {
  run() {}
}
