/** What a replay follows, kind by kind, and what it says where it cannot. */
import 'reflect-metadata';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Provider } from '@nestjs/common';
import { IsInt } from 'class-validator';
import { afterEach, expect, it } from 'vitest';
import { fail, pause, Step, type StepRef, Workflow, WorkflowService } from '../../lib/index.js';
import { fixtureOf, type ProcessFixture, WorkflowHarness, WorkflowTestingModule } from '../../lib/testing.js';

class Trip {
  places: string[] = ['a', 'b', 'c'];
  ticket = 'T-1';
  visited: string[] = [];
  seats = 0;
  paid = false;
  hotel?: string;
  open = true;
}
class Seats {
  @IsInt() seats!: number;
}

class Steps {
  @Step({ forEach: 'places' }) visit(_trip: Trip, step: StepRef) {
    return { visited: (before: string[]) => [...before, `${step.item} ${step.index}`] };
  }
  @Step({ parallel: 'both', input: Seats }) choose(_trip: Trip, { seats }: Seats) {
    return { seats };
  }
  @Step({ parallel: 'both', on: { event: 'trip.paid', key: 'ticket' } }) pay() {
    return { paid: true };
  }
  @Step({ compensate: 'leave' }) book() {
    return { hotel: 'H' };
  }
  leave() {
    return { hotel: undefined };
  }
  @Step({ required: false, retry: 3 }) insure() {
    return fail('nobody insures this');
  }
  @Step() confirm({ open }: Trip): object {
    return open ? pause('a person looks') : {};
  }
  @Step({ when: ({ open }: Trip) => !open }) depart(): object {
    return {};
  }
}

@Workflow({ name: 'trip', context: Trip })
class TripWorkflow extends Steps {}

let close = async () => {};
afterEach(() => close());

async function boot(...providers: Provider[]): Promise<TestingModule> {
  const module = await Test.createTestingModule({ imports: [WorkflowTestingModule.forRoot()], providers }).compile();
  module.useLogger(false);
  close = () => module.close();
  await module.init();
  return module;
}

async function recorded(goOn: (harness: WorkflowHarness, workflows: WorkflowService, id: string) => Promise<unknown>): Promise<ProcessFixture> {
  const module = await boot(TripWorkflow);
  const [harness, workflows] = [module.get(WorkflowHarness), module.get(WorkflowService)];
  const trip = await harness.start(TripWorkflow, {}, { groupId: 'G' });
  await harness.emit('trip.paid', 'T-1', {});
  await trip.provideInput('choose', { seats: 2 });
  await goOn(harness, workflows, trip.id);
  await harness.settle();
  const fixture = JSON.parse(JSON.stringify(await fixtureOf(workflows, trip.id))) as ProcessFixture;
  await module.close();
  return fixture;
}

async function replayed(fixture: ProcessFixture, workflow: Provider = TripWorkflow) {
  return (await boot(workflow)).get(WorkflowHarness).replay(fixture);
}

it('items, branches, an input, an event with a key, a failure that is passed over, a pause, an undoing', async () => {
  const fixture = await recorded((_harness, workflows, id) => workflows.cancel(id, { compensate: true }));
  expect(fixture.records.map(({ type }) => type)).toEqual(expect.arrayContaining(['step-paused', 'step-compensated', 'process-cancelled', 'step-skipped']));
  const { differences, process } = await replayed(fixture);
  expect(differences).toEqual([]);
  expect(process).toMatchObject({ status: 'cancelled', context: { visited: ['a 0', 'b 1', 'c 2'], seats: 2, paid: true } });
  expect((process.context as Trip).hotel).toBeUndefined();
});

it('a process that was suspended and resumed, and waits for its condition', async () => {
  const fixture = await recorded(async (harness, workflows, id) => {
    await workflows.resume(id);
    await harness.settle();
  });
  expect(fixture.status).toBe('suspended'); // it pauses again
  expect((await replayed(fixture)).differences).toEqual([]);
});

it('says where it ends: a step more, a condition that holds no more, a record that is not replayed', async () => {
  const fixture = await recorded(async () => {});
  @Workflow({ name: 'trip', context: Trip })
  class More {
    @Step() first() {
      return {};
    }
    @Step({ forEach: 'places' }) visit() {
      return {};
    }
  }
  @Workflow({ name: 'trip', context: Trip })
  class Never extends Steps {
    @Step({ when: ({ seats }: Trip) => seats > 9, compensate: 'leave' }) override book() {
      return { hotel: 'H' };
    }
  }
  expect((await replayed(fixture, More)).differences).toEqual([expect.stringContaining('step-completed of "visit": today it is in "first"')]);
  expect((await replayed(fixture, Never)).differences).toEqual([expect.stringContaining('step-completed of "book": today it waits in "book"')]);
  const restarted = { ...fixture, records: [...fixture.records, { type: 'process-restarted' as const, at: fixture.records.at(-1)!.at }] };
  expect((await replayed(restarted)).differences).toEqual([expect.stringContaining('process-restarted: this is not replayed. The replay ends here')]);
  expect((await replayed({ ...fixture, status: 'completed' })).differences).toEqual(['The recorded process was completed. Today it is suspended.']);
});
