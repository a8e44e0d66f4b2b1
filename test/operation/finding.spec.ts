/** Finding processes, counting them, and what needs a person, on each database. */
import { Type } from 'class-transformer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidInputError, type ProcessFilter, Searchable, Step, type StepRef, Workflow } from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';

class OrderContext {
  @Searchable() customer = '';
  @Searchable() total = 0;
  @Searchable() @Type(() => Date) due?: Date;
  @Searchable() vip!: boolean;
  @Searchable() parts: string[] = [];
  secret = '';
}

@Workflow({ name: 'found-order', context: OrderContext, version: 2 })
class Order {
  @Step() check({ customer, total }: OrderContext, step: StepRef) {
    if (customer.startsWith('bad')) throw new Error(`customer ${step.processId} owes ${total} to ops-${total}@shop.example`);
    return { total: total + 1 };
  }
  @Step({ on: 'paid' }) pay() {}
}
@Workflow({ name: 'found-plain', searchable: ['who'] })
class Plain {
  @Step({ request: 'ask' }) answer(_context: object, _answer: object) {}
  ask() {}
}
@Workflow({ name: 'found-late' })
class Late {
  @Step({ on: 'never', overdue: { after: '10 ms', do: 'remind' } }) wait() {}
  remind() {}
}

for (const cell of matrix().filter(({ queue }) => queue === 'database')) {
  const database = await cell.database();
  describe.skipIf(!isThere(database))(titleOf(database), () => finding(database));
}

function finding(database: Database): void {
  let app: TestApp;
  beforeAll(async () => {
    app = await bootApp(database, 'database', { providers: [Order, Plain, Late] });
  });
  afterAll(async () => {
    await app?.close();
    await database.drop();
  });

  const found = async (filter: ProcessFilter) => (await app.workflows.find(filter)).items.map(({ groupId }) => groupId);
  const order = async (groupId: string, context: Partial<OrderContext>) => {
    const { id } = await app.workflows.start(Order, context, { groupId });
    return app.workflows.settled(id);
  };

  it('goes by values of searchable keys, as the last step left them', async () => {
    const due = new Date('2026-12-24T18:00:00Z');
    await order('v-1', { customer: 'c-7', total: 5, due, vip: true, parts: ['a'] });
    await order('v-2', { customer: 'c-7', total: 6 });
    await order('v-3', { customer: 'C-7', total: 5, vip: false });
    expect(await found({ workflow: Order, values: { customer: 'c-7' } })).toEqual(['v-2', 'v-1']);
    expect(await found({ workflow: Order, values: { customer: 'c-7' }, order: 'oldest' })).toEqual(['v-1', 'v-2']);
    expect(await found({ workflow: 'found-order', values: { total: 6, customer: 'c-7' } })).toEqual(['v-1']);
    expect(await found({ workflow: Order, values: { total: 5 } })).toEqual([]);
    expect(await found({ workflow: Order, values: { due } })).toEqual(['v-1']);
    expect(await found({ workflow: Order, values: { vip: false } })).toEqual(['v-3']);
    const long = `${'x'.repeat(500)}1`;
    await order('v-4', { customer: long });
    await order('v-5', { customer: `${'x'.repeat(500)}2` });
    expect(await found({ workflow: Order, values: { customer: long } })).toEqual(['v-4']);
  });

  it('goes by what a workflow lists, where its context has no class', async () => {
    await app.workflows.start(Plain, { who: 'ann' }, { groupId: 'p-1' });
    await app.workflows.start(Plain, { who: 'bob', other: 'ann' }, { groupId: 'p-2' });
    expect(await found({ workflow: Plain, values: { who: 'ann' } })).toEqual(['p-1']);
  });

  it('goes by version, step, time, beginning of the group id, parent and correlation id', async () => {
    const from = new Date(Date.now() - 60_000);
    const { id } = await app.workflows.start(Plain, {}, { groupId: 'f-1' });
    await app.workflows.settled(id);
    const { waits } = await app.workflows.get(id, { internals: true });
    expect(await found({ correlationId: waits[0]!.key! })).toEqual(['f-1']);
    expect(await found({ correlationId: 'none' })).toEqual([]);
    expect(await found({ workflow: Plain, step: 'answer', groupIdPrefix: 'f-' })).toEqual(['f-1']);
    expect(await found({ groupIdPrefix: 'f', startedAfter: from, updatedAfter: from })).toEqual(['f-1']);
    expect(await found({ groupIdPrefix: 'f', updatedBefore: from })).toEqual([]);
    expect(await found({ groupIdPrefix: 'f', version: 2 })).toEqual([]);
    expect(await found({ parent: id })).toEqual([]);
  });

  it('sorts by start, end and last change, page by page', async () => {
    for (const [i, who] of ['a', 'b', 'c'].entries()) {
      const { id } = await app.workflows.start(Plain, { who: 'sorted' }, { groupId: `s-${who}` });
      await until(() => app.workflows.get(id), ({ status }) => status === 'waiting'); // prettier-ignore
      if (i > 0) continue;
      await app.workflows.start(Order, { customer: 'sorted' }, { groupId: 's-order' });
    }
    await app.workflows.cancel({ workflow: Plain, groupId: 's-c' });
    await app.workflows.cancel({ workflow: Plain, groupId: 's-a' });
    const all = { workflow: Plain, values: { who: 'sorted' } };
    expect(await found(all)).toEqual(['s-c', 's-b', 's-a']);
    expect(await found({ ...all, sort: 'startedAt', order: 'oldest' })).toEqual(['s-a', 's-b', 's-c']);
    expect(await found({ ...all, sort: 'updatedAt' })).toEqual(['s-a', 's-c', 's-b']);
    expect(await found({ ...all, sort: 'finishedAt' })).toEqual(['s-a', 's-c']);
    expect(await found({ workflow: Plain, sort: 'finishedAt', order: 'oldest', status: 'cancelled' })).toEqual(['s-c', 's-a']);
    expect(await found({ groupIdPrefix: 's-', sort: 'updatedAt', status: ['cancelled', 'waiting'], workflow: Plain, order: 'oldest' })).toEqual(['s-b', 's-c', 's-a']); // prettier-ignore
    for (const sort of ['updatedAt', 'finishedAt', 'startedAt'] as const) {
      const paged: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await app.workflows.find({ workflow: Plain, sort, limit: 1, ...(cursor && { cursor }) });
        paged.push(...page.items.map(({ groupId }) => groupId));
        cursor = page.next;
      }
      expect(paged).toEqual(await found({ workflow: Plain, sort }));
    }
  });

  it('refuses an order that there is not, one that no index has, and the cursor of another order', async () => {
    await order('o-1', { customer: 'o' });
    await order('o-2', { customer: 'o' });
    await expect(found({ sort: 'finishedAt' })).rejects.toThrow('sort: finishedAt needs the workflow too');
    await expect(found({ sort: 'finishdAt' as never })).rejects.toThrow('Did you mean "finishedAt"?');
    const { next } = await app.workflows.find({ workflow: Order, sort: 'updatedAt', limit: 1 });
    await expect(app.workflows.find({ workflow: Order, sort: 'finishedAt', cursor: next! })).rejects.toThrow('it is of a list that is sorted by updatedAt');
    await expect(app.workflows.find({ workflow: Order, cursor: next! })).rejects.toThrow('cursor must be the `next` of a page before');
  });

  it('counts failures by step and error, and finds each of them; a retry takes it out', async () => {
    for (const total of [1, 22, 333]) await order(`x-${total}`, { customer: 'bad', total });
    const failures = async () => (await app.workflows.counts()).filter(({ workflow, status }) => workflow === 'found-order' && status === 'failed');
    const [failure] = await failures();
    expect(failure).toEqual({ workflow: 'found-order', status: 'failed', step: 'check', error: 'Error: customer # owes # to #', count: 3, isMore: false });
    expect(await app.workflows.counts({ upTo: 2 })).toContainEqual({ ...failure, count: 2, isMore: true });
    const alike: ProcessFilter = { workflow: Order, step: 'check', error: failure!.error! };
    expect(await found(alike)).toEqual(['x-333', 'x-22', 'x-1']);
    expect(await app.workflows.attention()).toContainEqual(expect.objectContaining({ kind: 'failed', step: 'check', error: failure!.error, count: 3 }));
    await app.workflows.cancel({ workflow: Order, groupId: 'x-22' });
    expect(await found(alike)).toEqual(['x-333', 'x-1']);
    await app.workflows.skip(Order, 'check', { groupId: 'x-1' }, { customer: 'good' });
    expect(await found(alike)).toEqual(['x-333']);
    expect(await found({ workflow: Order, values: { customer: 'good' } })).toEqual(['x-1']);
  });

  it('shows what needs a person, and what it is about', async () => {
    const { id } = await app.workflows.start(Late, {}, { groupId: 'late' });
    const overdue = await until(
      () => app.workflows.attention(),
      (items) => items.some(({ kind }) => kind === 'overdue'),
    );
    expect(overdue).toContainEqual(expect.objectContaining({ kind: 'overdue', workflow: 'found-late', step: 'wait', count: 1, example: id }));
    expect(await found({ overdue: true })).toEqual(['late']);
  });

  it.each<[string, ProcessFilter, string]>([
    ['values without a workflow', { values: { a: 1 } }, 'values: say the workflow too, because each has searchable keys of its own'],
    [
      'a key that is not searchable',
      { workflow: Order, values: { custommer: 'x' } },
      'values.custommer: it is no searchable key. Did you mean "customer"? Put @Searchable() on it',
    ],
    ['a value that none has', { workflow: Order, values: { parts: ['a'] as never } }, 'values.parts: it must be a string, a number, a boolean or a Date'],
    ['an error without its step', { workflow: Order, error: 'x' }, 'error: say the workflow and the step that failed too, as counts() lists them'],
    ['an order that is none', { order: 'up' as never }, 'order'],
    ['a misspelt option', { groupPrefix: 'a' } as never, 'groupIdPrefix'],
  ])('refuses %s', async (_what, filter, why) => {
    const error = await app.workflows.find(filter).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as Error).message).toContain(why);
  });
}
