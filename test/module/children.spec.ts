/** A process that starts processes: what it is told of their end, and what becomes of them when it moves on. */
import 'reflect-metadata';
import { IsInt, Max } from 'class-validator';
import { expect, it } from 'vitest';
import { type ProcessInfo, Step, type StepRef, Workflow } from '../../lib/index.js';
import { type TestApp, until } from '../support/app.js';
import { onTwoDatabases } from '../support/two-databases.js';

class Parcel {
  @IsInt() @Max(100) kilos!: number;
  price = 0;
}

@Workflow({ name: 'weighing', context: Parcel })
class Weighing {
  @Step() weigh(parcel: Parcel) {
    return { price: parcel.kilos * 10 };
  }
}

@Workflow({ name: 'posting', context: Parcel })
class Posting {
  @Step({ on: 'parcel.posted' }) posted(_parcel: Parcel) {}
}

class Order {
  kilos = 5;
  total = 0;
  all: number[] = [];
}

@Workflow({ name: 'order', context: Order })
class Ordering {
  @Step({ child: { workflow: Weighing, with: 'parcel' } }) weighed(_order: Order, parcel: Parcel) {
    return { total: parcel.price };
  }
  parcel({ kilos }: Order) {
    return { kilos };
  }
  @Step() last() {}
}

@Workflow({ name: 'order-of-many', context: Order })
class OrderingMany {
  @Step({ forEach: 'all', child: { workflow: Weighing, with: 'parcel' } }) weighed(_order: Order, parcel: Parcel) {
    return { total: (total: number) => total + parcel.price };
  }
  parcel(_order: Order, step: StepRef<unknown, number>) {
    return { kilos: step.item };
  }
}

@Workflow({ name: 'order-that-posts', context: Order })
class OrderingPost {
  @Step({ child: { workflow: Posting, with: 'parcel' }, within: '1 hour' }) posted() {}
  parcel({ kilos }: Order) {
    return { kilos };
  }
}

@Workflow({ name: 'order-that-forgets', context: Order })
class Forgetting {
  @Step({ child: { workflow: Posting, with: 'parcel', detached: true } }) posted() {}
  parcel({ kilos }: Order) {
    return { kilos };
  }
  @Step({ on: 'order.done' }) done() {}
}

@Workflow({ name: 'order-that-ties', context: Order })
class Tying {
  @Step({ child: { workflow: Posting, with: 'parcel', detached: true, onParentCancel: 'cancel' } }) posted() {}
  parcel({ kilos }: Order) {
    return { kilos };
  }
  @Step({ on: 'order.done' }) done() {}
}

const all = [Weighing, Posting, Ordering, OrderingMany, OrderingPost, Forgetting, Tying];

onTwoDatabases('children', { providers: all }, ({ boot }) => {
  const ended = ({ workflows }: TestApp, id: string) => until(() => workflows.get(id), ({ status }) => status !== 'running' && status !== 'waiting'); // prettier-ignore
  const childrenOf = async ({ engine }: TestApp, parentId: string) => engine.store.queries.find({ parentId, limit: 50 });

  it('a step runs with the last context of the child it waited for', async () => {
    const app = await boot();
    const { id } = await app.workflows.start(Ordering, { kilos: 7 }, { actor: 'ada' });
    const { context } = await ended(app, id);
    expect(context.total).toBe(70);
    const [child] = await childrenOf(app, id);
    expect(child).toMatchObject({ workflow: 'weighing', status: 'completed', parent: { id, awaited: true, tied: true } });
    const types = (await app.workflows.history(id)).map(({ type }) => type);
    expect(types).toContain('child-started');
    expect((await app.workflows.history(child!.id))[0]).toMatchObject({ type: 'process-started', reason: `process ${id} asked for it` });
    expect(await app.engine.store.maintenance.childrenToStart(10)).toEqual([]);
  });

  it('each item has a child of its own, and the end of each is told once', async () => {
    const app = await boot();
    const all = Array.from({ length: 30 }, (_, i) => i + 1);
    const { id } = await app.workflows.start(OrderingMany, { all });
    const { status, context } = await ended(app, id);
    expect([status, context.total]).toEqual(['completed', 10 * all.reduce((sum, each) => sum + each, 0)]);
    expect((await childrenOf(app, id)).map((child) => child.status)).toEqual(all.map(() => 'completed'));
  });

  it('what the child refuses fails the step, which tells why', async () => {
    const app = await boot();
    const { id } = await app.workflows.start(Ordering, { kilos: 1000 });
    const { status, cause } = await ended(app, id);
    expect([status, cause]).toEqual(['failed', expect.stringContaining('kilos must not be greater than 100')]);
    await until(() => app.engine.store.maintenance.childrenToStart(10), (orders) => orders.length === 0); // prettier-ignore
  });

  it('an instance that knows the child starts it, and one that knows the parent goes on', async () => {
    const [parents, children] = [await boot(), await boot()];
    parents.engine.registry.remove('weighing', 1);
    children.engine.registry.remove('order', 1);
    const { id } = await parents.workflows.start('order', { kilos: 3 });
    await until(() => parents.engine.store.maintenance.childrenToStart(10), (orders) => orders.length === 1); // prettier-ignore
    await children.engine.sweeper.sweep();
    await until(() => childrenOf(parents, id), ([child]) => child?.status === 'completed'); // prettier-ignore
    await parents.engine.sweeper.sweep();
    expect((await ended(parents, id)).context).toMatchObject({ total: 30 });
  });

  it('a child that was cancelled has failed the step, and another try is another child', async () => {
    const app = await boot();
    const { id } = await app.workflows.start(OrderingPost);
    const [child] = await until(() => childrenOf(app, id), (found) => found.length === 1); // prettier-ignore
    await app.workflows.cancel(child!.id);
    expect((await ended(app, id)).cause).toContain(`child process ${child!.id} was cancelled`);
    await app.workflows.retry(id);
    const [next] = await until(() => childrenOf(app, id), (found) => found.length === 2); // prettier-ignore
    await app.workflows.emit('parcel.posted', next!.id, {});
    expect((await ended(app, id)).status).toBe('completed');
  });

  it('cancelling the parent cancels a child that it waits for, at once and with the reason', async () => {
    const app = await boot();
    const { id } = await app.workflows.start(OrderingPost);
    const [child] = await until(() => childrenOf(app, id), (found) => found.length === 1); // prettier-ignore
    await app.workflows.cancel(id);
    const { status, cause } = await ended(app, child!.id);
    expect([status, cause]).toEqual(['cancelled', expect.stringContaining(id)]);
  });

  it('restarting the parent cancels the child of the life before, and starts another', async () => {
    const app = await boot();
    const { id } = await app.workflows.start(OrderingPost);
    const [first] = await until(() => childrenOf(app, id), (found) => found.length === 1); // prettier-ignore
    await app.workflows.restartFrom(id, 1);
    const two = await until(() => childrenOf(app, id), (found) => found.length === 2); // prettier-ignore
    expect((await ended(app, first!.id)).status).toBe('cancelled');
    await app.workflows.emit('parcel.posted', two.find((each) => each.id !== first!.id)!.id, {});
    expect((await ended(app, id)).status).toBe('completed');
  });

  it('a child that its parent does not need any more cannot be restarted: it would be cancelled at once', async () => {
    const app = await boot();
    const taken = await app.workflows.start(Ordering, { kilos: 3 });
    await ended(app, taken.id);
    const cancelled = await app.workflows.start(Tying);
    const [tied] = await until(() => childrenOf(app, cancelled.id), (found) => found.length === 1); // prettier-ignore
    await app.workflows.cancel(cancelled.id);
    await ended(app, tied!.id);
    for (const child of [(await childrenOf(app, taken.id))[0]!, tied!]) {
      const refused = { name: 'NotWaitingError', message: expect.stringContaining(`process ${child.parent!.id}, which started it, does not need it`) };
      await expect(app.workflows.restartFrom(child.id, 1)).rejects.toMatchObject(refused);
      expect((await app.workflows.history(child.id)).map(({ type }) => type)).not.toContain('process-restarted');
    }
  });

  it('a detached child is let alone when its parent is cancelled, unless it is tied to it', async () => {
    const app = await boot();
    const found = await Promise.all(
      [Forgetting, Tying].map(async (workflow) => {
        const { id } = await app.workflows.start(workflow as typeof Forgetting);
        const [child] = await until(() => childrenOf(app, id), (children) => children.length === 1); // prettier-ignore
        await until(() => app.workflows.get(id), ({ waits }) => waits.some(({ kind }) => kind === 'event')); // prettier-ignore
        await app.workflows.cancel(id);
        return child!.id;
      }),
    );
    expect((await ended(app, found[1]!)).status).toBe('cancelled');
    expect((await app.workflows.settled(found[0]!)).status).toBe('waiting');
  });

  it('a sweep starts what its worker left behind, and a heartbeat cancels it', async () => {
    const app = await boot();
    const { id } = await app.workflows.start(OrderingPost);
    const [child] = await until(() => childrenOf(app, id), (found) => found.length === 1); // prettier-ignore
    const { starter, store } = app.engine;
    const bound = app.engine.registry.get(Posting);
    const parent = { id, awaited: true, tied: true };
    const stray = { id: `${id}.99`, groupId: `${id}.99`, values: { set: { kilos: 1, price: 0 }, remove: [] }, parent };
    await starter.start(bound, stray, {});
    await app.workflows.settled(stray.id);
    expect(await store.maintenance.orphans(null, 10)).toEqual([stray.id]);
    await app.engine.sweeper.beat();
    expect((await ended(app, stray.id)).status).toBe('cancelled');
    expect((await app.workflows.settled(child!.id)).status).toBe('waiting');
  });

  it('a stranger with the name of a child is no child', async () => {
    const app = await boot();
    await app.workflows.start(Weighing, { kilos: 1 }, { id: 'mine.1' });
    await app.workflows.start(Ordering, { kilos: 1 }, { id: 'mine' });
    const { status, cause } = await ended(app, 'mine');
    expect([status, cause]).toEqual(['failed', expect.stringContaining('is not its child')]);
  });

  it('a start inside a transaction begins its child after the commit', async () => {
    const app = await boot();
    const started = await app.dataSource.transaction((manager): Promise<ProcessInfo> => app.workflows.start(Ordering, { kilos: 2 }, { manager }));
    expect((await ended(app, started.id)).context.total).toBe(20);
  });
});
