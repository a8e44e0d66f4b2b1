import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { again, type Class, type StepInfo, go, Step, type StepRef, Workflow, WorkflowService } from '../../lib/index.js';
import { Mapped } from '../../lib/definition/mapped.js';
import { Engine } from '../../lib/engine/engine.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';
import type { MemoryProcessStore } from '../../lib/store/memory/memory-process-store.js';

const closing: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

async function harnessOf(...providers: Class[]): Promise<{ harness: WorkflowHarness; workflows: WorkflowService; reads: () => number }> {
  const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers }).compile();
  await module.init();
  closing.push(() => module.close());
  const store = module.get(Engine).parts.store as MemoryProcessStore;
  const versions = store.queries.versions.bind(store.queries);
  let count = 0;
  store.queries.versions = (id, from, to) => {
    if (from === to) count++;
    return versions(id, from, to);
  };
  return { harness: module.get(WorkflowHarness), workflows: module.get(WorkflowService), reads: () => count };
}

class Sum {
  total = 0;
  items: { price: number }[] = [{ price: 2 }, { price: 3 }];
}

describe('what the step before returned', () => {
  it('is its patch as it is stored, each time a copy; a decision hands on what it was handed; nothing of it is read', async () => {
    const seen: unknown[] = [];
    const see = (step: StepRef) => seen.push([step.name, step.previous]);
    @Workflow({ name: 'chain', context: Sum })
    class Chain {
      @Step() first(_sum: Sum, step: StepRef) {
        see(step);
        return { total: (latest: number) => latest + 1 };
      }
      @Step({ next: ['left', 'right'] }) decide(_sum: Sum, step: StepRef) {
        see(step);
        (step.previous as Sum).total = 99;
        return 'right' as const;
      }
      @Step({ next: 'end' }) left() {}
      @Step({ next: 'last' }) right(_sum: Sum, step: StepRef) {
        see(step);
      }
      @Step() last(_sum: Sum, step: StepRef) {
        see(step);
      }
    }
    const { harness, reads } = await harnessOf(Chain);
    const process = await harness.start(Chain);
    expect(process.status).toBe('completed');
    expect(seen).toEqual([['first', undefined], ['decide', { total: 1 }], ['right', { total: 1 }], ['last', {}]]); // prettier-ignore
    expect(reads()).toBe(0);
    expect(process.records.filter(({ type }) => type === 'step-completed').map((record) => (record as { returned?: unknown }).returned)).toEqual([
      { total: 1 },
      {},
      {},
      {},
    ]);
  });

  it('is the raw result where its output is mapped, and read where this worker did not commit it just now', async () => {
    const seen: unknown[] = [];
    @Workflow({ name: 'mapped', context: Sum })
    class MappedWorkflow {
      @Step() first() {
        return new Mapped({ total: 2 }, [1, new Date(5)]) as unknown as Partial<Sum>;
      }
      @Step({ queue: 'slow' }) second(_sum: Sum, step: StepRef) {
        seen.push(step.previous);
        return new Mapped({ total: 3 }, { total: 3 }) as unknown as Partial<Sum>;
      }
      @Step({ after: '1h' }) third(sum: Sum, step: StepRef) {
        seen.push(step.previous, sum.total);
      }
    }
    const { harness, reads } = await harnessOf(MappedWorkflow);
    const process = await harness.start(MappedWorkflow);
    await harness.advance('1h');
    expect(process.status).toBe('completed');
    expect(seen).toEqual([[1, '1970-01-01T00:00:00.005Z'], { total: 3 }, 3]);
    expect(reads()).toBe(2);
    expect(process.records.find(({ step, type }) => step === 'first' && type === 'step-completed')).toMatchObject({
      returned: [1, '1970-01-01T00:00:00.005Z'],
    });
  });

  it('is the same on every attempt, and what a raw result cannot store fails the step', async () => {
    const seen: unknown[] = [];
    @Workflow({ name: 'again', context: Sum })
    class AgainWorkflow {
      @Step() first() {
        return { total: 1 };
      }
      @Step({ retry: 2 }) second(_sum: Sum, step: StepRef) {
        seen.push(step.previous);
        if (step.attempt === 1) return again({ patch: { total: 5 } });
        if (step.attempt === 2) throw new Error('no');
      }
      @Step() third() {
        return new Mapped({}, () => 1) as unknown as Partial<Sum>;
      }
    }
    const { harness } = await harnessOf(AgainWorkflow);
    const process = await harness.start(AgainWorkflow);
    await harness.advance('1m');
    expect(seen).toEqual([{ total: 1 }, { total: 1 }, { total: 1 }]);
    expect(process.status).toBe('failed');
    expect(process.records.at(-1)!.error).toContain('its result cannot be stored: it is a function');
  });
});

describe('an item', () => {
  it('is its own of each visit, with its place and the config of the step; what a body does to it stays there', async () => {
    const seen: unknown[] = [];
    @Workflow({ name: 'items', context: Sum })
    class Items {
      @Step() before() {}
      @Step({
        forEach: 'items',
        config: { factor: 10 },
        retry: 2,
        when: (_sum: Sum, glance: StepInfo) => glance.index >= 0 && glance.config.factor === 10 && glance.item.price > 1,
      })
      add(_sum: Sum, step: StepRef<any, { price: number }>) {
        const { price } = step.item;
        seen.push([step.index, price, step.previous]);
        step.item.price = 0;
        if (step.attempt === 1 && step.index === 1) throw new Error('once');
        return { total: (latest: number) => latest + price * (step.config.factor as number) };
      }
      @Step() last(_sum: Sum, step: StepRef) {
        seen.push(step.previous, step.item, step.config);
      }
    }
    const { harness } = await harnessOf(Items);
    const process = await harness.start(Items);
    expect(process).toMatchObject({ status: 'completed', context: { total: 50 } });
    expect(seen).toEqual([[0, 2, {}], [1, 3, {}], [1, 3, {}], undefined, undefined, {}]); // prettier-ignore
  });

  it('what is no list, no condition, no key or no moment says so', async () => {
    @Workflow({ name: 'wrong-items', context: Sum })
    class WrongItems {
      @Step({ forEach: ({ total }: Sum) => total as never }) add() {}
    }
    @Workflow({ name: 'wrong-if', context: Sum })
    class WrongIf {
      @Step({ if: ({ total }: Sum) => total as never }) add() {}
    }
    @Workflow({ name: 'wrong-key', context: Sum })
    class WrongKey {
      @Step({ on: { event: 'paid', key: () => '' } }) add(_sum: Sum, _paid: unknown) {}
    }
    @Workflow({ name: 'wrong-since', context: Sum })
    class WrongSince {
      @Step({ on: { event: 'paid', since: () => 'noon' as unknown as Date } }) add(_sum: Sum, _paid: unknown) {}
    }
    const { harness } = await harnessOf(WrongItems, WrongIf, WrongKey, WrongSince);
    const causes = await Promise.all([WrongItems, WrongIf, WrongKey, WrongSince].map(async (each) => (await harness.start(each)).records.at(-1)!.error));
    expect(causes).toEqual([
      'items: it gave a number, and goes over a list',
      'its condition: it gave a number, which is neither true nor false',
      'key: it gave an empty string: the key of an event is a string, and not empty',
      'since: noon is no moment',
    ]);
  });
});

describe('undoing', () => {
  it('is given the visit it undoes: its item, what it returned, an idempotency key of its own; last first', async () => {
    const undone: unknown[] = [];
    @Workflow({ name: 'saga', context: Sum, defaults: { onError: 'compensate' } })
    class Saga {
      @Step({ forEach: 'items', concurrency: 1, compensate: 'giveBack' })
      book(_sum: Sum, step: StepRef<any, { price: number }>) {
        return { total: (latest: number) => latest + step.item.price };
      }
      giveBack(sum: Sum, step: StepRef<any, { price: number }>) {
        undone.push([step.name, step.index, step.item, step.previous, step.idempotencyKey.split('.').slice(1).join('.')]);
        step.note('given back');
        return { total: sum.total - step.item.price };
      }
      @Step() fail() {
        throw new Error('no');
      }
    }
    const { harness } = await harnessOf(Saga);
    const process = await harness.start(Saga);
    expect(process).toMatchObject({ status: 'cancelled', context: { total: 0 } });
    expect(undone).toEqual([
      ['book', 1, { price: 3 }, { total: 5 }, expect.stringMatching(/^\d+\.undo$/)],
      ['book', 0, { price: 2 }, { total: 2 }, expect.stringMatching(/^\d+\.undo$/)],
    ]);
    expect(process.records.filter(({ type }) => type === 'step-compensated')).toHaveLength(2);
    expect(process.records.filter(({ type }) => type === 'note')).toHaveLength(2);
  });

  it('fails the process if it cannot, and goes on where it stopped once somebody says retry', async () => {
    let says: unknown = 'broken';
    @Workflow({ name: 'broken-saga', context: Sum, defaults: { onError: 'compensate' } })
    class Broken {
      @Step({ compensate: 'back' }) one() {
        return { total: 1 };
      }
      @Step({ compensate: { do: 'refund', retry: 1 } }) two() {}
      @Step() fail() {
        throw new Error('no');
      }
      back() {
        return { total: 0 };
      }
      refund() {
        if (says === 'broken') throw new Error('bank closed');
        return says as undefined;
      }
    }
    const { harness, workflows } = await harnessOf(Broken);
    const process = await harness.start(Broken);
    const again = async () => {
      await workflows.retry(process.id);
      await harness.settle();
      return [process.status, process.records.at(-1)!.error];
    };
    expect([process.status, process.records.at(-1)!.error]).toEqual(['failed', 'undoing two: Error: bank closed']);
    says = go('end');
    expect(await again()).toEqual(['failed', 'undoing two: WrongResult: what undoes it said go(): return nothing, a patch, done(), again() or fail()']);
    says = undefined;
    expect(await again()).toEqual(['cancelled', 'fail: Error: no']);
    expect((process.context as Sum).total).toBe(0);
    expect(process.records.filter(({ type }) => type === 'step-compensated').map(({ step }) => step)).toEqual(['two', 'one']);
  });
});

describe('overdue', () => {
  it('calls its method once, whose patch counts, whatever else it does; the step goes on', async () => {
    const keys: string[] = [];
    @Workflow({ name: 'late', context: Sum })
    class Late {
      @Step({ on: 'paid', overdue: { after: '1h', do: 'remind' } }) wait(_sum: Sum, _paid: unknown, step: StepRef) {
        keys.push(step.idempotencyKey);
      }
      remind(_sum: Sum, step: StepRef) {
        keys.push(step.idempotencyKey);
        return { total: (latest: number) => latest + 1 };
      }
    }
    const { harness } = await harnessOf(Late);
    const process = await harness.start(Late);
    expect(process.waitingFor).toEqual(['wait']);
    await harness.advance('3h');
    expect(process).toMatchObject({ status: 'waiting', context: { total: 1 }, waitingFor: ['wait'] });
    await harness.emit('paid', process.id, {});
    expect(process.status).toBe('completed');
    expect(keys).toEqual([`${process.id}.1.overdue`, `${process.id}.1`]);
  });
});
