/** Processes that start processes: awaited, detached, cancelled, failed, tried again. */
import 'reflect-metadata';
import { expect, it } from 'vitest';
import { again, type Flow, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { until } from '../support/app.js';
import { Act, onEachDatabase } from './support.js';

class Parcel {
  box = '';
  weight = 0;
  delivered = false;
}
class Order {
  boxes: string[] = [];
  shipped: string[] = [];
}

/** Its group id is its own: what its steps do is told by the box. */
const does = new Map<string, () => unknown>();

@Workflow({ name: 'parcel', context: Parcel })
class SendParcel {
  flow(flow: Flow<Parcel>) {
    return flow
      .startWith(this.weigh)
      .waitFor('delivered', (parcel) => parcel.box)
        .output('delivered', () => true); // prettier-ignore
  }
  @Step() weigh({ box }: Parcel) {
    does.get(box)?.();
    return { weight: box.length };
  }
}

@Workflow({ name: 'order-awaits', context: Order })
class OrderAwaits {
  flow(flow: Flow<Order>) {
    return flow
      .forEach((order) => order.boxes)
      .do((box) => box.then(this.ship))
      .then(Act, { name: 'after' });
  }
  @Step({ child: { workflow: SendParcel, with: 'parcel' }, retry: 2 })
  ship(_order: Order, parcel: Parcel) {
    return { shipped: (all: string[]) => [...all, `${parcel.box} ${parcel.weight} ${String(parcel.delivered)}`].sort() }; // prettier-ignore
  }
  parcel(_order: Order, step: StepRef<unknown, string>) {
    return { box: step.item };
  }
}

@Workflow({ name: 'order-leaves', context: Order })
class OrderLeaves {
  flow(flow: Flow<Order>) {
    return flow.startWith(this.detached).then(this.left).waitFor('never');
  }
  @Step({ child: { workflow: SendParcel, with: 'parcel', detached: true } })
  detached(order: Order, parcel: Parcel) {
    return { shipped: [...order.shipped, `${parcel.box} ${parcel.weight}`] };
  }
  @Step({ child: { workflow: SendParcel, with: 'other', detached: true, onParentCancel: 'cancel' } })
  left() {}
  parcel(order: Order) {
    return { box: order.boxes[0]! };
  }
  other(order: Order) {
    return { box: order.boxes[1]! };
  }
}

@Workflow({ name: 'order-awaits-and-leaves', context: Order })
class OrderAwaitsAndLeaves {
  flow(flow: Flow<Order>) {
    return flow.startWith(this.ship);
  }
  @Step({ child: { workflow: SendParcel, with: 'parcel', onParentCancel: 'leave' } })
  ship(_order: Order, _parcel: Parcel) {}
  parcel(order: Order) {
    return { box: order.boxes[0]! };
  }
}

@Step({ child: { workflow: SendParcel, with: 'values' } })
class Ship {
  values(_order: Order, step: StepRef) {
    return { box: `${step.groupId} ${step.name}` };
  }
  run(_order: Order, step: StepRef<unknown, unknown, Parcel>) {
    return step.message.delivered ? { shipped: [step.name] } : again();
  }
}

@Workflow({ name: 'step-class-child', context: Order })
class StepClassChild {
  flow(flow: Flow<Order>) {
    return flow.startWith(Ship).then(Ship, { name: 'once more' });
  }
}

await onEachDatabase({ providers: [SendParcel, OrderAwaits, OrderLeaves, OrderAwaitsAndLeaves, Ship, StepClassChild] }, (bench) => {
  const childOf = (box: string) =>
    until(
      async () => (await bench.workflows.find({ workflow: SendParcel, limit: 200 })).items,
      () => true,
    ).then(async (all) => {
      // prettier-ignore
      for (const { id } of all) if ((await bench.context(id)).box === box) return id;
      return undefined;
    });
  const child = (box: string) => until(() => childOf(box), (id) => id !== undefined).then((id) => id!); // prettier-ignore
  const isThere = (id: string) => until(() => bench.workflows.find({ workflow: SendParcel, groupId: id }), ({ items }) => items.length === 1); // prettier-ignore
  let boxes = 0;
  const newBox = () => `box ${bench.database.name} ${++boxes}`;
  const deliver = async (box: string) => {
    const id = await child(box);
    await bench.waitsIn(id, 'delivered');
    await bench.workflows.emit('delivered', box, null);
  };

  it('awaited: each item has a child of its own, and the parent goes on when all have completed', async () => {
    const [one, two] = [newBox(), newBox()];
    const { id, names } = await bench.run(OrderAwaits, { boxes: [one, two] });
    expect((await bench.workflows.get(id)).waits.map(({ kind }) => kind)).toEqual(['child', 'child']);
    await deliver(two);
    expect(names()).toEqual([]);
    await deliver(one);
    await bench.reaches(id, 'completed');
    expect(names()).toEqual(['after']);
    expect((await bench.context(id)).shipped).toEqual([`${one} ${one.length} true`, `${two} ${two.length} true`].sort());
  });

  it('a child that is cancelled has failed its step: the next try starts another; then the parent has failed', async () => {
    const box = newBox();
    const { id } = await bench.run(OrderAwaits, { boxes: [box] });
    const first = await child(box);
    await bench.workflows.cancel(first);
    const second = await until(async () => (await bench.workflows.get(id)).waits[0]?.key, (key) => key !== undefined && key !== null && key !== first); // prettier-ignore
    await isThere(second!);
    await bench.workflows.cancel(second!);
    expect((await bench.reaches(id, 'failed')).cause).toMatch(/child process .* was cancelled/);
    await bench.workflows.retry(id);
    const third = await until(async () => (await bench.workflows.get(id)).waits[0]?.key, (key) => key !== undefined && key !== null && key !== second); // prettier-ignore
    await isThere(third!);
    await bench.waitsIn(third!, 'delivered');
    await bench.workflows.emit('delivered', box, null);
    await bench.reaches(id, 'completed');
    expect(await bench.steps(id, 'child-started')).toEqual(['ship', 'ship', 'ship']);
  });

  it('a child that has failed is live: its parent waits until a person has retried it', async () => {
    const box = newBox();
    let mended = false;
    does.set(box, () => {
      if (!mended) throw new Error('no scales');
    });
    const { id } = await bench.run(OrderAwaits, { boxes: [box] });
    const failed = await child(box);
    await bench.reaches(failed, 'failed');
    expect((await bench.workflows.get(id)).status).toBe('waiting');
    mended = true;
    await bench.workflows.retry(failed);
    await deliver(box);
    await bench.reaches(id, 'completed');
  });

  it('cancelling the parent cancels the children it awaits', async () => {
    const box = newBox();
    const { id } = await bench.run(OrderAwaits, { boxes: [box] });
    const awaited = await child(box);
    await bench.waitsIn(awaited, 'delivered');
    await bench.workflows.cancel(id);
    await bench.reaches(awaited, 'cancelled');
  });

  it('cancelling the parent leaves an awaited child that is to be left', async () => {
    const box = newBox();
    const { id } = await bench.run(OrderAwaitsAndLeaves, { boxes: [box] });
    const awaited = await child(box);
    await bench.waitsIn(awaited, 'delivered');
    await bench.workflows.cancel(id);
    await bench.workflows.emit('delivered', box, null);
    await bench.reaches(awaited, 'completed');
  });

  it('detached: started and not waited for; it outlives its parent, unless it is tied to it', async () => {
    const [free, tied] = [newBox(), newBox()];
    const { id } = await bench.run(OrderLeaves, { boxes: [free, tied] });
    await bench.waitsIn(id, 'never');
    expect((await bench.context(id)).shipped).toEqual([`${free} 0`]); // its first context
    const [freeId, tiedId] = [await child(free), await child(tied)];
    await bench.waitsIn(freeId, 'delivered');
    await bench.waitsIn(tiedId, 'delivered');
    await bench.workflows.cancel(id);
    await bench.reaches(tiedId, 'cancelled');
    await deliver(free);
    await bench.reaches(freeId, 'completed');
  });

  it('a step class starts a child for each of its uses', async () => {
    const { id, groupId } = await bench.run(StepClassChild);
    await deliver(`${groupId} Ship`);
    await deliver(`${groupId} once more`);
    await bench.reaches(id, 'completed');
    expect((await bench.context(id)).shipped).toEqual(['once more']);
  });
});
