import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { Test } from '@nestjs/testing';
import { IsDate, IsOptional } from 'class-validator';
import { afterEach, describe, expect, it } from 'vitest';
import { type Class, Step, type StepRef, Workflow, WorkflowService } from '../../lib/index.js';
import { WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

const closing: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

async function harnessOf(...providers: Class[]): Promise<{ harness: WorkflowHarness; workflows: WorkflowService }> {
  const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers }).compile();
  await module.init();
  closing.push(() => module.close());
  return { harness: module.get(WorkflowHarness), workflows: module.get(WorkflowService) };
}

class Parcel {
  @IsOptional() @IsDate() at?: Date;
  weight = 1;
}
@Workflow({ name: 'parcel', context: Parcel })
class ParcelWorkflow {
  @Step() weigh(parcel: Parcel) {
    return { weight: parcel.weight + 1 };
  }
}
class Order {
  placed = '';
}

describe('a child', () => {
  it('starts with what its class stores of the values given, and its end brings its values, typed by its class', async () => {
    const seen: unknown[] = [];
    @Workflow({ name: 'order', context: Order })
    class OrderWorkflow {
      @Step({ child: { workflow: ParcelWorkflow, with: 'parcel' } })
      send(_order: Order, parcel: Parcel) {
        seen.push(parcel, parcel instanceof Parcel);
      }
      parcel(_order: Order, step: StepRef) {
        seen.push(step.name);
        return { at: new Date(5), weight: 2 };
      }
    }
    const { harness } = await harnessOf(ParcelWorkflow, OrderWorkflow);
    const process = await harness.start(OrderWorkflow);
    expect(process.status).toBe('completed');
    expect(seen).toEqual(['send', { at: new Date(5), weight: 3 }, true]);
  });

  it('that nobody waits for brings the values it starts with, its defaults among them', async () => {
    const seen: unknown[] = [];
    @Workflow({ name: 'order', context: Order })
    class OrderWorkflow {
      @Step({ child: { workflow: ParcelWorkflow, with: 'parcel', detached: true } })
      send(_order: Order, parcel: Parcel) {
        seen.push(parcel);
      }
      parcel() {
        return { at: new Date(5) };
      }
    }
    const { harness } = await harnessOf(ParcelWorkflow, OrderWorkflow);
    expect((await harness.start(OrderWorkflow)).status).toBe('completed');
    expect(seen).toEqual([{ at: new Date(5), weight: 1 }]);
  });

  it('without values to start with starts with none; what is no object fails the step', async () => {
    @Workflow({ name: 'plain', context: Order })
    class Plain {
      @Step({ child: ParcelWorkflow }) send(_order: Order, parcel: Parcel) {
        return { placed: String(parcel.weight) };
      }
    }
    @Workflow({ name: 'wrong', context: Order })
    class Wrong {
      @Step({ child: { workflow: ParcelWorkflow, with: 'parcel' } }) send(_order: Order, _parcel: Parcel) {}
      parcel() {
        return 7 as unknown as object;
      }
    }
    const { harness } = await harnessOf(ParcelWorkflow, Plain, Wrong);
    expect(await harness.start(Plain)).toMatchObject({ status: 'completed', context: { placed: '2' } });
    const wrong = await harness.start(Wrong);
    expect([wrong.status, wrong.records.find(({ type }) => type === 'step-failed')!.error]).toEqual([
      'failed',
      'WrongResult: its child starts with a number: give the starting values as an object',
    ]);
  });
});

describe('the signal', () => {
  it.each([{ queue: undefined }, { queue: 'slow' }])(
    'of a branch that has lost is aborted (queue: $queue), that of a step that has ended is not',
    async ({ queue }) => {
      const aborted: string[] = [];
      const listen = (step: StepRef) => step.signal.addEventListener('abort', () => aborted.push(step.name));
      const place = queue === undefined ? {} : { queue };
      @Workflow({ name: 'race' })
      class Race {
        @Step({ parallel: { group: 'race', join: 'any' }, ...place }) async slow(_context: object, step: StepRef) {
          listen(step);
          for (let i = 0; i < 100 && !step.signal.aborted; i++) await pause(5);
        }
        @Step({ parallel: { group: 'race', join: 'any' }, ...place }) async quick(_context: object, step: StepRef) {
          listen(step);
          await pause(20);
        }
        @Step({ on: 'never' }) last(_context: object, _event: unknown) {} // the end would end all that is under way
      }
      const { harness } = await harnessOf(Race);
      const process = await harness.start(Race);
      expect([process.status, process.path, process.waitingFor]).toEqual(['waiting', ['quick'], ['last']]);
      expect(aborted).toEqual(['slow']);
    },
  );
});
