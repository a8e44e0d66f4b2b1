import 'reflect-metadata';
import { IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { type Digraph, type Flow, Step, type StepRef, Workflow, type WorkflowJson } from 'nestjs-argonaut';
import { compile, definitionOf, edgesOf } from './graphs.js';

class Order {
  items = 0;
  price = 0;
  isBig?: boolean;
  approvedBy?: string;
}
class ApproveDto {
  @IsString() by!: string;
}

@Workflow({ name: 'order-1', context: Order })
class InOrder {
  @Step() price(order: Order) {
    return { price: order.items * 9 };
  }
  @Step({ if: (order: Order) => order.price > 1000, input: ApproveDto })
  approve(_order: Order, input: ApproveDto) {
    return { approvedBy: input.by };
  }
  @Step() ship() {}
}

@Workflow({ name: 'order-2', context: Order })
class Built {
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
  @Step({ input: ApproveDto }) approve(_order: Order, input: ApproveDto) {
    return { approvedBy: input.by };
  }
  @Step() ship() {}
}

@Workflow({ name: 'order-3', context: Order })
class Drawn {
  flow: Digraph<Drawn> = { start: ['price'], price: ['isBig'], isBig: ['approve', 'ship'], approve: ['ship'] };
  @Step() price(order: Order) {
    return { price: order.items * 9 };
  }
  @Step() isBig(order: Order) {
    return order.price > 1000 ? 'approve' : 'ship';
  }
  @Step({ input: ApproveDto }) approve(_order: Order, input: ApproveDto) {
    return { approvedBy: input.by };
  }
  @Step() ship() {}
}

@Step()
class Price {
  run(order: Order) {
    return { price: order.items * 9, isBig: order.items > 111 };
  }
}
@Step({ input: ApproveDto })
class Approve {
  run(_order: Order, step: StepRef<unknown, unknown, ApproveDto>) {
    return { approvedBy: step.message.by };
  }
}
@Step()
class Ship {
  run() {}
}
const order4: WorkflowJson = { name: 'order-4', steps: [{ name: 'Price' }, { name: 'Approve', if: 'isBig' }, { name: 'Ship' }] };
const steps = [Price, Approve, Ship];

describe('four spellings of one workflow', () => {
  it('are one graph, but for what each calls its decision', () => {
    expect(edgesOf(definitionOf(InOrder))).toEqual(['> price', 'price > approve (if)', 'approve (if) ? approve : ship', 'approve > ship', 'ship > end']);
    expect(edgesOf(definitionOf(Built))).toEqual(['> price', 'price > if', 'if ? approve : ship', 'approve > ship', 'ship > end']);
    expect(edgesOf(definitionOf(Drawn))).toEqual(['> price', 'price > isBig', 'isBig > approve | ship', 'approve > ship', 'ship > end']);
    expect(edgesOf(definitionOf(order4, { steps }))).toEqual([
      '> Price', 'Price > Approve (if)', 'Approve (if) ? Approve : Ship', 'Approve > Ship', 'Ship > end',
    ]); // prettier-ignore
  });

  it('say the same of each step', () => {
    const approvals = [definitionOf(InOrder), definitionOf(Built), definitionOf(Drawn)].map(({ nodes }) => nodes.get('approve'));
    expect(approvals[1]).toEqual(approvals[0]);
    expect(approvals[2]).toEqual({ ...approvals[0], byIndex: true });
    const inDocument = definitionOf(order4, { steps }).nodes.get('Approve');
    expect({ ...inDocument, name: 'approve', next: ['ship'] }).toEqual(approvals[0]);
  });
});

describe('the code of a node', () => {
  it('is that of the provider, whatever the spelling', () => {
    const order = { items: 2, price: 0 };
    for (const type of [InOrder, Built]) expect(compile(type).code.get('price')!.run!(order, {})).toEqual({ price: 18 });
    const { code } = compile(order4, { steps });
    expect(code.get('Price')!.run!(order, {})).toEqual({ price: 18, isBig: false });
    expect(code.get('Approve')).toMatchObject({ takesMessage: false, message: expect.any(Function) });
    expect(code.get('Approve (if)')!.test!({ isBig: true })).toBe(true);
    expect(compile(InOrder).code.get('approve')).toMatchObject({ takesMessage: true });
  });
});
