/** Live processes that move to another version of their workflow, and a step that a person lets pass. */
import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsDate, IsInt, IsString } from 'class-validator';
import { expect, it } from 'vitest';
import { InvalidInputError, NotWaitingError, Step, UnknownStepError, Workflow } from '../../lib/index.js';
import { type TestApp, until } from '../support/app.js';
import { onTwoDatabases } from '../support/two-databases.js';

class Signature {
  @IsString() by!: string;
}
class OrderV1 {
  @IsString() customer = 'ada';
  @IsString() amount = '12';
}
class OrderV2 {
  @IsString() customer = 'nobody';
  @IsInt() cents = 0;
  @IsDate() @Type(() => Date) due = new Date(0);
}

@Workflow({ name: 'order', context: OrderV1 })
class First {
  @Step() begin(_order: OrderV1) {}
  @Step({ on: 'order.paid' }) paid() {}
  @Step({ on: 'order.signed' }) signed() {}
}

@Workflow({ name: 'order', version: 2, context: OrderV2 })
class Second {
  @Step() begin(_order: OrderV2) {}
  @Step({ on: 'order.paid' }) payment() {}
  @Step() invoice({ cents }: OrderV2) {
    return { cents: cents + 1 };
  }
  @Step({ input: Signature }) signed(_order: OrderV2, _signature: Signature) {}
}

@Workflow({ name: 'grouped' })
class Apart {
  @Step({ on: 'a' }) a() {}
}
@Workflow({ name: 'grouped', version: 2 })
class Together {
  @Step({ on: 'a', parallel: 'both' }) a() {}
  @Step({ on: 'b', parallel: 'both' }) b() {}
}

@Workflow({ name: 'slow' })
class Slow {
  static release: () => void = () => {};
  @Step() work() {
    return new Promise<void>((resolve) => (Slow.release = resolve));
  }
}
@Workflow({ name: 'slow', version: 2 })
class SlowAgain {
  @Step() work() {}
}

class Posts {
  letters = ['a', 'b'];
}
@Workflow({ name: 'posting', context: Posts })
class Posting {
  @Step({ forEach: 'letters', on: 'stamped' }) post(_posts: Posts) {}
}
@Workflow({ name: 'posting', version: 2, context: Posts })
class Mailing {
  @Step({ forEach: 'letters', on: 'stamped' }) mail(_posts: Posts) {}
}

class Basket {
  items = ['a', 'b'];
  total = 0;
}
@Workflow({ name: 'skipping', context: Basket })
class Skipping {
  @Step() fails(_basket: Basket) {
    throw new Error('no');
  }
  @Step({ forEach: 'items', on: 'never' }) each(_basket: Basket) {}
  @Step() last() {}
}

onTwoDatabases('migration', { providers: [First, Second, Apart, Together, Slow, SlowAgain, Posting, Mailing, Skipping] }, ({ boot }) => {
  async function started({ workflows }: TestApp, count = 1): Promise<string[]> {
    const all = await Promise.all(Array.from({ length: count }, () => workflows.start(First)));
    for (const { id } of all) await workflows.settled(id);
    return all.map(({ id }) => id);
  }
  const typed = { context: (old: OrderV1) => ({ customer: old.customer, cents: Number(old.amount) * 100, due: new Date('2026-01-01') }) };

  it('a plan names what has no place, and changes nothing', async () => {
    const app = await boot();
    const [id] = await started(app, 3);
    const plan = await app.workflows.plan(Second, { from: 1, to: 2 });
    expect(plan.processes).toBe(3);
    expect(plan.problems).toEqual([expect.stringMatching(/^3 processes: "paid" is not in version 2.*steps: \{ "paid"/)]);
    await expect(app.workflows.migrate(plan)).rejects.toThrow(InvalidInputError);
    expect((await app.workflows.get(id!)).workflowVersion).toBe(1);
  });

  it('moves them with their values, in the record, and they go on there', async () => {
    const app = await boot();
    const ids = await started(app, 3);
    const plan = await app.workflows.plan(Second, { from: 1, to: 2, steps: { paid: 'payment' } });
    expect(plan).toMatchObject({ processes: 3, problems: [] });
    expect(await app.workflows.migrate(plan, { ...typed, actor: 'ada', reason: 'release 2' })).toBe(3);
    const moved = await app.workflows.get(Second, ids[0]!);
    expect(moved).toMatchObject({ workflowVersion: 2, status: 'waiting', context: { customer: 'ada', cents: 1200, due: new Date('2026-01-01') } });
    expect(moved.waits).toMatchObject([{ step: 'payment', kind: 'event' }]);
    expect((await app.workflows.history(ids[0]!)).at(-1)).toMatchObject({ type: 'process-migrated', actor: 'ada', reason: 'release 2' });
    await app.workflows.emit('order.paid', ids[0]!, {});
    await until(() => app.workflows.get(ids[0]!), ({ waits }) => waits.some(({ kind }) => kind === 'input')); // prettier-ignore
    const asked = await app.workflows.get(Second, ids[0]!);
    expect(asked.context.cents).toBe(1201);
  });

  it('a restart from before it begins where that version stood', async () => {
    const app = await boot();
    const [id] = await started(app);
    const plan = await app.workflows.plan(Second, { from: 1, to: 2, steps: { paid: 'payment' } });
    await app.workflows.migrate(plan, typed);
    const { contextVersion } = await app.workflows.get(id!);
    await app.workflows.emit('order.paid', id!, {});
    await until(() => app.workflows.get(id!), ({ waits }) => waits.some(({ kind }) => kind === 'input')); // prettier-ignore
    await app.workflows.restartFrom(id!, contextVersion);
    const { waits } = await until(() => app.workflows.get(id!), ({ status }) => status === 'waiting'); // prettier-ignore
    expect(waits).toMatchObject([{ step: 'payment' }]);
  });

  it('without a mapping the values stay, over the new defaults; what the new rules refuse stays behind and is named', async () => {
    const app = await boot();
    const [id] = await started(app, 2);
    const plan = await app.workflows.plan(Second, { from: 1, to: 2, steps: { paid: 'payment' } });
    const refused = app.workflows.migrate(plan, {
      context: (old: OrderV1) => ({ customer: old.customer, cents: old.amount as unknown as number, due: new Date() }),
    });
    await expect(refused).rejects.toThrow(/0 processes were migrated, and 2 were not.*cents must be an integer/s);
    expect((await app.workflows.get(id!)).workflowVersion).toBe(1);
    expect(await app.workflows.migrate(plan)).toBe(2);
    expect((await app.workflows.get(Second, id!)).context).toMatchObject({ customer: 'ada', cents: 0 });
  });

  it('a wait of another kind, a place in a group, unknown names and versions are problems', async () => {
    const app = await boot();
    const [id] = await started(app);
    await app.workflows.emit('order.paid', id!, {});
    await until(() => app.workflows.get(id!), ({ waits }) => waits.some(({ step }) => step === 'signed')); // prettier-ignore
    const problems = async (workflow: typeof First | typeof Apart, change: { from: number; to: number; steps?: Record<string, string> }) =>
      (await app.workflows.plan(workflow as typeof First, change)).problems;
    expect(await problems(First, { from: 1, to: 2 })).toEqual(['1 process: "signed" waits for the event "order.signed", and "signed" there for an input']);
    const apart = await app.workflows.start(Apart);
    await app.workflows.settled(apart.id);
    expect(await problems(Apart, { from: 1, to: 2 })).toEqual(['1 process: "a" stands in no group, and "a" there inside "both (all)"']);
    expect((await problems(First, { from: 1, to: 2, steps: { payd: 'payment', paid: 'paymnt' } })).join()).toMatch(
      /"payd" is no step of version 1.*"paymnt" is no step of version 2/,
    );
    expect(await problems(First, { from: 1, to: 7 })).toEqual(['this application does not know version 7 of "order": it must know both']);
  });

  it('the new name of a step with forEach is all it needs', async () => {
    const app = await boot();
    const { id } = await app.workflows.start('posting', {}, { version: 1 });
    await until(() => app.workflows.get(id), ({ waits }) => waits.length === 2); // prettier-ignore
    const plan = await app.workflows.plan('posting', { from: 1, to: 2, steps: { post: 'mail' } });
    expect(plan).toMatchObject({ processes: 1, problems: [] });
    expect(await app.workflows.migrate(plan)).toBe(1);
    await app.workflows.emit('stamped', id, {});
    await until(() => app.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
    expect((await app.workflows.history(id)).filter(({ type }) => type === 'step-completed').map(({ step }) => step)).toEqual(['mail', 'mail']);
  });

  it('what runs is let alone', async () => {
    const app = await boot();
    const { id } = await app.workflows.start(Slow);
    const plan = await app.workflows.plan(Slow, { from: 1, to: 2 });
    expect(plan.problems).toEqual(['1 process runs at this moment; it is left for a second call']);
    expect(await app.workflows.migrate(plan)).toBe(0);
    Slow.release();
    await until(() => app.workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
  });

  it('a person lets pass what has failed, or waits, with the values it would have brought', async () => {
    const app = await boot();
    const { id } = await app.workflows.start(Skipping);
    await until(() => app.workflows.get(id), ({ status }) => status === 'failed'); // prettier-ignore
    await expect(app.workflows.skip(Skipping, 'last', id)).rejects.toThrow(NotWaitingError);
    await expect(app.workflows.skip(Skipping, 'fials' as 'fails', id)).rejects.toThrow(UnknownStepError);
    await app.workflows.skip(Skipping, 'fails', id, { total: 5 }, { actor: 'ada' });
    await until(() => app.workflows.get(id), ({ waits }) => waits.filter(({ kind }) => kind === 'event').length === 2); // prettier-ignore
    await app.workflows.skip(Skipping, 'each', id, { total: (total: number) => total + 1 });
    const done = await until(() => app.workflows.get(Skipping, id), ({ status }) => status === 'completed'); // prettier-ignore
    expect(done.context.total).toBe(7);
    expect((await app.workflows.history(id)).filter(({ type }) => type === 'step-skipped')[0]).toMatchObject({ step: 'fails', actor: 'ada' });
  });

  it('a drawing of a process shows where it stands', async () => {
    const app = await boot();
    const [id] = await started(app);
    expect(await app.workflows.draw(First, id!)).toMatch(/class \w+ here/);
    expect(app.workflows.draw(First)).not.toContain('here');
  });
});
